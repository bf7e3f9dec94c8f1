from typing import Final

from . import aggregation as aggregation
from . import checks as checks
from . import downloads as downloads
from . import economies as economies
from . import errors as errors
from . import extraction as extraction
from . import figures as figures
from . import influence as influence
from . import leontief as leontief
from . import linkages as linkages
from . import panel as panel
from . import position as position
from . import readers as readers
from . import rebalancing as rebalancing
from . import report as report
from . import satellites as satellites
from . import selection as selection
from . import spillovers as spillovers
from . import stages as stages
from . import ties as ties
from . import upgrading as upgrading
from . import value_added as value_added
from . import writing as writing
from .accounts import Satellite as Satellite
from .downloads import fetch as fetch
from .readers import from_pymrio as from_pymrio
from .readers import load as load
from .readers import shipped_years as shipped_years
from .rebalancing import rebalance as rebalance
from .table import MRIOTable as MRIOTable
from .writing import save as save

__version__: Final[str]
