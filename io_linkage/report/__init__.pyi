from .briefing import compose as compose
from .gathering import gather as gather
from .output import write as write
from .question import Question as Question
from .question import ask as ask
from .results import Results as Results
