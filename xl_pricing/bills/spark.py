"""The bill of a Spark DataFrame, by the same SQL; pyspark is the user's own."""

from typing import TYPE_CHECKING
from uuid import uuid4

from xl_pricing.bills.bill_sql import bill_sql
from xl_pricing.bills.rates_by_day import prices_of
from xl_pricing.bills.told_sql import by_meter
from xl_pricing.errors import InvalidValueError
from xl_pricing.rates.card import RateCard
from xl_pricing.rates.day import today
from xl_pricing.rates.refresh.store import active_card

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_ZONE = "spark.sql.session.timeZone"
_UTC = {"UTC", "Etc/UTC", "Z", "GMT", "+00:00"}


def bill(dataframe: "DataFrame", card: RateCard | None = None) -> "DataFrame":
    """Return the bill of a table of counts by meter, whose columns are those of `BY_METER`.

    A row is a sum by day, model, tier and what was assumed (flags of `Assumed`): ``row_count``,
    ``images``, tokens by meter, and exact USD as a decimal, or ``not_priced``: the name of the
    `Reason`. It leaves a temporary view. Raises `InvalidValueError` for other columns, and in a
    session whose time zone is not UTC, where days would be others.
    """
    session = dataframe.sparkSession
    zone = session.conf.get(_ZONE)
    if zone not in _UTC:
        raise InvalidValueError(
            f"{_ZONE} is {zone}; accepted: UTC, by session.conf.set({_ZONE!r}, 'UTC')"
        )
    view = f"xl_pricing_usage_{uuid4().hex}"
    dataframe.createOrReplaceTempView(view)
    prices = prices_of(card or active_card())
    return session.sql(bill_sql(view, by_meter(dataframe.columns), "spark", prices, today()))
