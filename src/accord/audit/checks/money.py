"""Can money be laid beside leads?"""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from accord.audit.check import Check, Measurement, Rows
from accord.audit.evidence import Evidence
from accord.audit.figures import Audited
from accord.audit.populations import leads, opportunities
from accord.audit.thresholds import THRESHOLDS
from accord.language import mark

__all__ = ["CHECKS"]


def _spend_without_leads(evidence: Evidence) -> Iterable[Measurement]:
    spend = evidence.table("spend")
    channels = leads(evidence).select(known="channel").filter(lambda t: t.known.notnull()).distinct()
    joined = spend.left_join(channels, spend.channel == channels.known)
    (count,) = evidence.rows(joined.aggregate(of=joined.count(), affected=joined.count(where=joined.known.isnull())))
    if count["of"]:
        lonely = joined.filter(joined.known.isnull()).select(sample="channel").distinct()
        samples = evidence.rows(lonely.order_by("sample").limit(5)) if count["affected"] else []
        yield Measurement(count["affected"], count["of"], samples=tuple(row["sample"] for row in samples))


def _leads_without_spend(evidence: Evidence) -> Iterable[Measurement]:
    if not evidence.counts["spend"]:
        return
    known = leads(evidence).filter(lambda t: t.channel.notnull())
    paid = evidence.table("spend").select(paid="channel").distinct()
    joined = known.left_join(paid, known.channel == paid.paid)
    (count,) = evidence.rows(joined.aggregate(of=joined.count(), affected=joined.count(where=joined.paid.isnull())))
    if count["of"]:
        free = joined.filter(joined.paid.isnull()).select(sample="channel").distinct()
        samples = evidence.rows(free.order_by("sample").limit(5)) if count["affected"] else []
        yield Measurement(count["affected"], count["of"], samples=tuple(row["sample"] for row in samples))


def _foreign_currency(evidence: Evidence) -> Iterable[Measurement]:
    ours = evidence.agreement.currency  # in capitals; figures take ``eur`` for it
    for name in ("opportunities", "orders", "spend"):
        table = evidence.table(name)
        foreign = table.currency.notnull() & (table.currency.upper() != ours)
        (count,) = evidence.rows(table.aggregate(of=table.count(), affected=table.count(where=foreign)))
        if not count["of"]:
            continue
        others = evidence.rows(table.filter(foreign).select("currency").distinct().order_by("currency").limit(5))
        yield Measurement(
            count["affected"],
            count["of"],
            samples=tuple(row["currency"] for row in others),
            details={"currency": ours},
            table=name,
        )


def _orders_of_nobody(evidence: Evidence) -> Iterable[Measurement]:
    orders = evidence.known("orders")
    known = evidence.table("leads")
    customers = known.select(customer="customer_id").filter(lambda t: t.customer.notnull()).distinct()
    joined = orders.left_join(customers, orders.customer_id == customers.customer)
    nobody = joined.lead_id.isnull() & joined.customer.isnull()
    (count,) = evidence.rows(joined.aggregate(of=joined.count(), affected=joined.count(where=nobody)))
    if count["of"]:
        rows = joined.filter(nobody).select("order_id").order_by("order_id").limit(5)
        samples = evidence.rows(rows) if count["affected"] else []
        yield Measurement(count["affected"], count["of"], samples=tuple(row["order_id"] for row in samples))


def _deals_that_stand_for_revenue(evidence: Evidence) -> ir.Table | None:
    """The deals, where no order says what was really paid."""
    return None if evidence.counts["orders"] else opportunities(evidence)


CHECKS = (
    Check(
        "spend_without_leads",
        about="money",
        table="spend",
        column="channel",
        measure=_spend_without_leads,
        ladder=THRESHOLDS["spend_without_leads"],
        title=mark("Spend on channels that no lead came from"),
        effect=mark("The money has nobody to be shared among: cost per lead of the other channels is too low."),
        action=mark("Use one name per channel in the spend and in the leads."),
        hurts=(Audited.COST,),
    ),
    Check(
        "leads_without_spend",
        about="money",
        table="leads",
        column="channel",
        measure=_leads_without_spend,
        ladder=THRESHOLDS["leads_without_spend"],
        title=mark("Leads of channels without any spend"),
        effect=mark("They cost nothing in every figure; that is right for a channel that is free."),
        action=mark("Add the spend of these channels if there is any."),
        hurts=(Audited.COST,),
    ),
    Check(
        "foreign_currency",
        about="money",
        table="opportunities",
        column="currency",
        measure=_foreign_currency,
        ladder=THRESHOLDS["foreign_currency"],
        title=mark("Amounts in another currency than the agreement's"),
        effect=mark("Amounts of two currencies cannot be added: without rates these are not in the totals."),
        action=mark("Give what they are worth (--rates), convert them before the import, or set `currency`."),
        detail=mark("Currency of the agreement: {currency}."),
        hurts=(Audited.COST, Audited.REVENUE),
    ),
    Check(
        "wins_without_amount",
        about="money",
        table="opportunities",
        column="amount",
        measure=Rows(
            _deals_that_stand_for_revenue,
            among=lambda row: ibis.coalesce(row.won, ibis.literal(value=False)),
            faulty=lambda row: row.amount.isnull(),
            sample="opportunity_id",
        ),
        ladder=THRESHOLDS["wins_without_amount"],
        title=mark("Deals won without an amount"),
        effect=mark("No order is recorded, so nothing else tells what these customers were worth."),
        action=mark("Map the amount of the deal, or import `orders`."),
        hurts=(Audited.REVENUE,),
    ),
    Check(
        "orders_of_nobody",
        about="money",
        table="orders",
        column="lead_id",
        measure=_orders_of_nobody,
        ladder=THRESHOLDS["orders_of_nobody"],
        title=mark("Orders that belong to no lead"),
        effect=mark(
            "They count in total revenue and in no channel; that is right for customers who never were a lead."
        ),
        action=mark("Fill `customer_id` in the leads that became customers, or `lead_id` in the orders."),
        hurts=(Audited.REVENUE,),
    ),
)
