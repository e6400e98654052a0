"""The text of the agreement of confidence that opens the room of a deal, in both languages, with its hash."""

import hashlib
from typing import Literal

from langqiao.web.deals.models import Deal

TEXT = {
    "zh": (
        "{seller}与{buyer}就交易{deal}（{patents}）约定：对方披露的未公开信息仅用于评估、谈判和履行本交易，不向第三方披露，不作他用；"
        "仅向有必要知悉并负有同等义务的人员披露；谈判终止后销毁副本，依法须留存的除外。已公开的、依法须披露的信息不在此列。"
        "不论交易是否成立，保密义务自签署之日起持续五年；商业秘密的保密义务持续至其公开为止（《民法典》第501条）。"
        "违反者赔偿由此造成的损失。查阅记录由平台保存。"
    ),
    "en": (
        "{seller} and {buyer} agree for the deal {deal} ({patents}): what the other side discloses and is not public is used only to judge, "
        "negotiate and perform this deal, is shown to no third party, and only to people who need it and are bound alike; when the talks end, "
        "copies are destroyed unless the law asks to keep them. What is public or must be disclosed by law is not covered. "
        "The duty lasts five years from signature whether or not the deal is made, and for trade secrets until they are public "
        "(Civil Code 501). Who breaks it pays for the damage. The platform keeps a record of what was opened."
    ),
}


def text_of(deal: Deal, language: Literal["zh", "en"]) -> str:
    """The text for the sides and patents of a deal."""
    patents = (", " if language == "en" else "、").join(patent.key for patent in deal.patents.all())
    return TEXT[language].format(seller=deal.seller.name, buyer=deal.buyer.name if deal.buyer else "–", deal=deal.pk, patents=patents)


def text_sha256(deal: Deal, language: Literal["zh", "en"]) -> str:
    """The hash of the text as a side saw it."""
    return hashlib.sha256(text_of(deal, language).encode()).hexdigest()
