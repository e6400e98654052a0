"""Words that do not tell one owner from another: legal forms of many countries, connecting words, abbreviations and their full forms."""

LEGAL = frozenset(
    """inc incorporated corp corporation corporations co cos company companies cie ltd limited llc llp lllp lp plc pllc lc cv
    gmbh mbh ag kg kgaa ohg se ev eg ug aktiengesellschaft kommanditgesellschaft
    sa sas sasu sarl snc sca scs spa srl sapa scarl sccl sl slu sociedad limitada ltda lda eireli cia
    bv nv vof ab aktiebolag aktiebolaget oy oyj abp as asa aps hf ehf aktieselskab
    kk yk gk kabushiki kaisha kabushikikaisha kabushikigaisha kaisya gaisha yugen goshi gomei godo
    pty pte pvt pct bhd sdn tbk jsc pjsc ojsc cjsc oao zao ooo pao ao spzoo zrt kft nyrt bt sro doo dd ad ead uab sia ou
    the""".split()  # noqa: SIM905 - a table
)
"""Legal forms as single words after dots are gone; taken off at both ends of a name."""

LEGAL_ANYWHERE = frozenset(
    """incorporated corporation aktiengesellschaft kabushiki kaisha kabushikikaisha kabushikigaisha gmbh kgaa aktiebolag aktiebolaget
    sarl spzoo llc ltd""".split()  # noqa: SIM905
)
"""Legal forms that are no other word and are taken out wherever they stand."""

LEGAL_PHRASES = (
    "societe anonyme a responsabilite limitee", "societe a responsabilite limitee", "societe par actions simplifiee", "societe anonyme",
    "gesellschaft mit beschrankter haftung", "mit beschrankter haftung", "societa per azioni", "societa a responsabilita limitata",
    "sociedad anonima", "sociedade anonima", "naamloze vennootschap", "besloten vennootschap", "a corporation of japan",
    "spolka akcyjna", "spolka z ograniczona odpowiedzialnoscia", "chusik hoesa", "jusik hoesa",
)  # fmt: skip

LEGAL_SPELLED = {"corporation": 2, "incorporated": 2, "company": 1, "limited": 1, "kabushiki": 2, "kaisha": 2}
"""Long legal forms that are often misspelled at the end of a name, and how many edits are still the same word."""

CONNECTING = frozenset(
    "as of and the for at in de la le les du des et en der die das und zur zum fur di del della e a l d van het voor y".split()  # noqa: SIM905
)
"""Words without which a name is still the same name."""

ABBREVIATIONS = {
    "univ": "university", "inst": "institute", "tech": "technology", "natl": "national", "nat": "national", "intl": "international",
    "int": "international", "mfg": "manufacturing", "ind": "industry", "inds": "industry", "indus": "industry", "elec": "electric",
    "lab": "laboratory", "labs": "laboratory", "dept": "department", "govt": "government", "res": "research", "chem": "chemical",
    "pharm": "pharmaceutical", "sys": "system", "assoc": "association", "calif": "california", "engr": "engineering", "eng": "engineering",
    "dev": "development", "hosp": "hospital", "fdn": "foundation", "found": "foundation", "sci": "science", "med": "medical",
    "centre": "center", "labor": "laboratory", "ges": "gesellschaft", "bros": "brothers", "prods": "product",
}  # fmt: skip

INDUSTRY = frozenset({"industry", "industrial", "kogyo", "sangyo"})
"""Words (stemmed) that at the end of a name of three words or more say no more than a legal form does: Asahi Kasei Kogyo is Asahi Kasei."""

ADDRESS_MARKS = ("cnt [a-z]+ cod", "sta [a-z]+ cod", "cnt", "a corporation of", "a company of")
"""What follows these words is not part of the name (address codes of old records, places of incorporation)."""

US_AGENCY_NOISE = frozenset(
    """united states state america american us usa u s government govt represented by secretary department dept administrator office general
    counsel code gp as acting through director agency head""".split()  # noqa: SIM905
)
"""Words around the name of a US authority: "The United States of America as represented by the Secretary of the Navy" is the Navy."""

CJK_LEGAL = (
    "股份有限公司", "有限责任公司", "股份公司", "有限公司", "有限合伙", "普通合伙", "特殊普通合伙", "公司", "株式会社", "有限会社", "合同会社", "合资会社", "(株)", "주식회사", "유한회사",
    "주식회", "(주)",
)  # fmt: skip
"""Legal forms of East Asia, longest first; taken off at the end (株式会社, 주식회사 at the front too)."""
