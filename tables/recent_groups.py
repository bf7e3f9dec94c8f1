"""Industry groups of the tables made from the OECD's ICIO 2023 edition, and the industries they hold.

Codes are words, since single letters would be taken for the industries of the WIOD 2013 release, where C is mining.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Group:
    """One industry group: code, names, the prepared table's label, and its parts in ICIO 2023 and WIOD 2013."""

    code: str
    name: str
    name_zh: str
    label: str
    icio2023: tuple[str, ...]
    wiod2013: tuple[str, ...]


def _group(code: str, name: str, name_zh: str, label: str, icio2023: str, wiod2013: str = "") -> Group:
    return Group(code, name, name_zh, label, tuple(icio2023.split()), tuple(wiod2013.split()))


_OTHER_MANUFACTURING = (
    "C13T15 C16 C17_18 C19 C20 C21 C22 C23 C24 C25 C26 C27 C28 C29 C30 C31T33",
    "17t18 19 20 21t22 23 24 25 26 27t28 29 30t33 34t35 36t37",
)

#: Why no stages are given to the groups, which is what a message about them says.
NO_STAGES = {
    "ICIO2023_11": "its 11 groups mix traditional and emerging industries: all manufacturing but food is one group",
    "ISIC4_20": "its sections mix traditional and emerging industries: all manufacturing is one section",
}

#: The 11 groups of world2020. WIOD's 64 holds post (H) with telecommunications (J), E water with energy.
GROUPS = (
    _group(
        "primary_and_food",
        "Agriculture, mining, food and tobacco (ISIC A, B, C10-C12)",
        "农业、采矿和食品",
        "AGRI_MIN_FOOD",
        "A01_02 A03 B05_06 B07_08 B09 C10T12",
        "AtB C 15t16",
    ),
    _group(
        "manufacturing",
        "Manufacturing without food (ISIC C13-C33)",
        "食品以外的制造业",
        "MANUF_EXFOOD",
        *_OTHER_MANUFACTURING,
    ),
    _group("utilities", "Energy, water and waste (ISIC D, E)", "能源、供水和废物处理", "UTILITIES", "D E", "E"),
    _group("construction", "Construction (ISIC F)", "建筑业", "CONSTRUCTION", "F", "F"),
    _group("trade", "Wholesale and retail trade (ISIC G)", "批发和零售", "TRADE", "G", "50 51 52"),
    _group(
        "transport",
        "Transport, storage and post (ISIC H)",
        "运输、仓储和邮政",
        "TRANSPORT",
        "H49 H50 H51 H52 H53",
        "60 61 62 63",
    ),
    _group(
        "hospitality_and_information",
        "Hotels and restaurants, information and communication (ISIC I, J)",
        "住宿餐饮和信息通信",
        "ACCOM_ICT",
        "I J58T60 J61 J62_63",
        "H 64",
    ),
    _group(
        "finance_and_real_estate",
        "Finance and real estate (ISIC K, L)",
        "金融和房地产",
        "FIN_REALESTATE",
        "K L",
        "J 70",
    ),
    _group(
        "business_and_public",
        "Business services and public administration (ISIC M, N, O)",
        "商务服务和公共管理",
        "PROF_ADMIN_PUBADM",
        "M N O",
        "71t74 L",
    ),
    _group("education_and_health", "Education and health (ISIC P, Q)", "教育和卫生", "EDU_HEALTH", "P Q", "M N"),
    _group("other_services", "Other services and households (ISIC R, S, T)", "其他服务", "ARTS_OTHER", "R S T", "O P"),
)

#: The 20 sections of g20_2019.
SECTIONS = (
    _group("A_agriculture", "Agriculture, forestry and fishing", "农林牧渔", "A", "A01_02 A03"),
    _group("B_mining", "Mining and quarrying", "采矿", "B", "B05_06 B07_08 B09"),
    _group("C_manufacturing", "Manufacturing", "制造业", "C", f"C10T12 {_OTHER_MANUFACTURING[0]}"),
    _group("D_energy", "Electricity, gas, steam and air conditioning", "电力、燃气和热力", "D", "D"),
    _group("E_water_and_waste", "Water supply, sewerage and waste", "供水、污水和废物", "E", "E"),
    _group("F_construction", "Construction", "建筑业", "F", "F"),
    _group("G_trade", "Wholesale and retail trade, repair of motor vehicles", "批发和零售", "G", "G"),
    _group("H_transport", "Transport, storage and post", "运输、仓储和邮政", "H", "H49 H50 H51 H52 H53"),
    _group("I_hospitality", "Hotels and restaurants", "住宿和餐饮", "I", "I"),
    _group("J_information", "Information and communication", "信息和通信", "J", "J58T60 J61 J62_63"),
    _group("K_finance", "Finance and insurance", "金融和保险", "K", "K"),
    _group("L_real_estate", "Real estate", "房地产", "L", "L"),
    _group("M_professional", "Professional, scientific and technical services", "专业和科技服务", "M", "M"),
    _group("N_administrative", "Administrative and support services", "行政和辅助服务", "N", "N"),
    _group("O_government", "Public administration and defence", "公共管理和国防", "O", "O"),
    _group("P_education", "Education", "教育", "P", "P"),
    _group("Q_health", "Health and social work", "卫生和社会工作", "Q", "Q"),
    _group("R_arts", "Arts, entertainment and recreation", "文化、艺术和娱乐", "R", "R"),
    _group("S_other_services", "Other services", "其他服务", "S", "S"),
    _group("T_households", "Households as employers", "家庭雇主", "T", "T"),
)


def industry_list(groups: tuple[Group, ...]) -> pd.DataFrame:
    """Make the list of groups with their names and parts."""
    listed = pd.DataFrame(
        {
            "industry": group.code,
            "name": group.name,
            "name_zh": group.name_zh,
            "icio2023": " ".join(group.icio2023),
            "wiod2013": " ".join(group.wiod2013),
        }
        for group in groups
    )
    return listed.loc[:, (listed != "").any()]
