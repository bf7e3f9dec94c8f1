"""Draw the figures that README shows, from the shipped table."""

from __future__ import annotations

from pathlib import Path

import io_linkage as iol

IMAGES = Path(__file__).resolve().parent / "images"


def main() -> None:
    """Write docs/images/key_industries.png."""
    world = iol.load()
    linkages = iol.linkages.linkages(world).loc["CHN"]
    stage = iol.stages.weights(world).loc["CHN"].idxmax(axis=1)
    ax = iol.figures.key_industries(
        linkages, size=world.va.loc["CHN"], stage=stage, title="Key industries of China, 2011"
    )
    ax.get_figure().savefig(IMAGES / "key_industries.png", dpi=200, facecolor="white")
    iol.figures.close(ax)


if __name__ == "__main__":
    main()
