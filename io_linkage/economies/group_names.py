"""Groups of economies: their names in English and Chinese, and what else they are called."""

from __future__ import annotations

GROUP_NAMES = {
    "developing_wb": ("Developing economies (World Bank)", "发展中经济体（世界银行）"),
    "developing_imf": ("Emerging and developing economies (IMF)", "新兴市场和发展中经济体（国际货币基金组织）"),
    "belt_and_road": ("Belt and Road", "共建“一带一路”国家"),
    "brics": ("BRICS", "金砖国家"),
    "rcep": ("RCEP", "区域全面经济伙伴关系协定成员"),
    "asean": ("ASEAN", "东盟"),
    "g7": ("G7", "七国集团"),
    "eu": ("European Union", "欧盟"),
    "oecd": ("OECD", "经合组织"),
    "east_asia_pacific": ("East Asia & Pacific", "东亚与太平洋"),
    "europe_central_asia": ("Europe & Central Asia", "欧洲和中亚"),
    "latin_america_caribbean": ("Latin America & Caribbean", "拉丁美洲和加勒比"),
    "middle_east_north_africa": ("Middle East & North Africa", "中东和北非"),
    "north_america": ("North America", "北美"),
    "south_asia": ("South Asia", "南亚"),
    "sub_saharan_africa": ("Sub-Saharan Africa", "撒哈拉以南非洲"),
    "africa": ("Africa", "非洲"),
}

#: World Bank regions as `economies.csv` names them, and the groups they are.
WORLD_BANK_REGIONS = {
    GROUP_NAMES[group][0]: group
    for group in (
        "east_asia_pacific",
        "europe_central_asia",
        "latin_america_caribbean",
        "middle_east_north_africa",
        "north_america",
        "south_asia",
        "sub_saharan_africa",
    )
}

#: What joins Sub-Saharan Africa in "africa": the World Bank counts it to the Middle East.
NORTH_AFRICA = ("DJI", "DZA", "EGY", "LBY", "MAR", "TUN")

GROUP_ALIASES = {
    "developing": "developing_wb",
    "发展中国家": "developing_wb",
    "发展中经济体": "developing_wb",
    "新兴市场和发展中经济体": "developing_imf",
    "bri": "belt_and_road",
    "一带一路": "belt_and_road",
    "一带一路国家": "belt_and_road",
    "“一带一路”国家": "belt_and_road",
    "“一带一路”沿线国家": "belt_and_road",
    "一带一路沿线国家": "belt_and_road",
    "共建一带一路国家": "belt_and_road",
    "金砖": "brics",
    "金砖五国": "brics",
    "区域全面经济伙伴关系协定": "rcep",
    "rcep成员": "rcep",
    "rcep国家": "rcep",
    "东南亚国家联盟": "asean",
    "东盟国家": "asean",
    "g7国家": "g7",
    "七国": "g7",
    "欧洲联盟": "eu",
    "欧盟国家": "eu",
    "欧盟成员国": "eu",
    "经济合作与发展组织": "oecd",
    "经合组织国家": "oecd",
    "经合组织成员国": "oecd",
    "east asia and pacific": "east_asia_pacific",
    "东亚和太平洋": "east_asia_pacific",
    "europe and central asia": "europe_central_asia",
    "latin america and caribbean": "latin_america_caribbean",
    "latin america and the caribbean": "latin_america_caribbean",
    "latin america": "latin_america_caribbean",
    "拉美": "latin_america_caribbean",
    "拉丁美洲": "latin_america_caribbean",
    "middle east and north africa": "middle_east_north_africa",
    "mena": "middle_east_north_africa",
}
