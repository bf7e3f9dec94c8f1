"""Draw the figures that README and the pages show, from the shipped table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import io_linkage as iol

IMAGES = Path(__file__).resolve().parent / "images"


def save(ax: Any, name: str, dpi: int = 200) -> None:
    """Write one picture."""
    ax.get_figure().savefig(IMAGES / f"{name}.png", dpi=dpi, facecolor="white")
    iol.figures.close(ax)


def main() -> None:
    """Write docs/images/*.png."""
    world = iol.load()
    linkages = iol.linkages.linkages(world).loc["CHN"]
    stage = iol.stages.weights(world).loc["CHN"].idxmax(axis=1)
    save(
        iol.figures.key_industries(
            linkages, size=world.va.loc["CHN"], stage=stage, title="Key industries of China, 2011"
        ),
        "key_industries",
    )
    lost = iol.shortages.run(world, capacity={("CHN", "30t33"): 0.5}, rounds=3, by="region")
    title = "Value added lost when half of China's electronics are missing"
    save(iol.figures.tiers(lost, top=10, factor=1e-3, unit="bn USD", title=title), "tiers", 120)
    chain = iol.networks.paths(world, region="CHN", industry="30t33")
    save(iol.figures.path_diagram(chain, title="Where the value added of China's electronics arises"), "paths", 120)


if __name__ == "__main__":
    main()
