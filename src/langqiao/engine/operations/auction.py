"""The settlement of an auction: winner, hammer price, and who pays and receives what."""

from typing import Literal

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.money import Fen, Money, round_half_up
from langqiao.engine.kernel.number import Rate, Share
from langqiao.engine.kernel.record import Flag, Rows, Text, record


@record
class Bid:
    bidder: Text
    amount: Money


@record
class AuctionInput:
    kind: Literal["english", "first_price", "second_price"]
    reserve: Money
    bids: Rows[Bid]
    buyer_premium: Rate
    seller_commission: Share


@record
class AuctionOutput:
    sold: Flag
    winner: Text | None = None
    hammer: Money | None = None
    buyer_pays: Money | None = None
    seller_receives: Money | None = None
    house: Money | None = None


@calculation(
    "auction.settle",
    title_zh="拍卖结算",
    title_en="Settlement of an auction",
    formula_zh=(
        "达到保留价的最高出价中标；出价相同的，先出者得。英式拍卖与第一价格拍卖按该出价成交，"
        "第二价格拍卖按 max(保留价, 其他竞买人的最高出价) 成交。买方佣金与卖方佣金各按成交价四舍五入到分，均归拍卖行。"
    ),
    source="Seller 15 %, buyer 10 % at a public patent auction [c]",
    example={
        "kind": "second_price", "reserve": "100000.00", "buyer_premium": 0.1, "seller_commission": 0.15,
        "bids": [{"bidder": "A", "amount": "120000.00"}, {"bidder": "B", "amount": "150000.00"}],
    },
)  # fmt: skip
def settle(given: AuctionInput) -> AuctionOutput:
    """The highest bid wins if it reaches the reserve; equal bids: the earlier. english and first_price pay that bid, second_price pays
    max(reserve, highest bid of another bidder). Premium and commission are rounded on the hammer price; the house keeps both.
    """
    best = max(given.bids, key=lambda bid: bid.amount, default=None)
    if best is None or best.amount < given.reserve:
        return AuctionOutput(sold=False)
    hammer: Fen = best.amount
    if given.kind == "second_price":
        hammer = max([given.reserve, *(bid.amount for bid in given.bids if bid.bidder != best.bidder)])
    premium = round_half_up(hammer * given.buyer_premium)
    commission = round_half_up(hammer * given.seller_commission)
    return AuctionOutput(
        sold=True,
        winner=best.bidder,
        hammer=hammer,
        buyer_pays=hammer + premium,
        seller_receives=hammer - commission,
        house=premium + commission,
    )
