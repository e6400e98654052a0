"""Terms of contracts of every kind, complete, for the tests of contracts and documents; all names are invented."""

PATENTS = [
    {
        "number": "ZL202010123456.7",
        "title": "一种廊桥结构的连接节点",
        "patentee": "甲大学",
        "application_number": "202010123456.7",
        "filing_date": "2020-02-24",
        "grant_date": "2022-03-01",
        "term_end": "2040-02-24",
    }
]
CLOSING = {"disputes": "court", "dispute_place": "北京知识产权法院", "language_prevails": "zh"}
ASSIGNMENT = {
    "patents": PATENTS,
    "payment_method": "lump_sum",
    "price_fen": 120_000_000,
    "payment_days": 10,
    "delivery": "本合同签署后十日内以电子方式交付说明书、图纸和工艺文件。",
    "seller_practiced": False,
    "secrecy_years": 5,
    "improvements": "each_own",
    **CLOSING,
}
