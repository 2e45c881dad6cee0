"""Each source's document is read into dated, sourced rows, or refused in one sentence."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import oracle
import pytest
from hosts import price_server as ps

from xl_pricing.errors import CardError
from xl_pricing.rates.refresh.sources import GENAI_PRICES, LITELLM, OWN, Quotes, Source, find_source

DAY = ps.DAY
HEADER = "model,meter,tier,usd_per_mtok,effective_from,source,checked,basis"
ROW = "gpt-image-2,image_out,standard,24.5,2026-05-01,contract 7,2026-11-01,quoted"
OWN_CARD = Source("rates.csv", "rates.csv", find_source("rates.csv").reader)


def read(source: Source, content: object, day: date = DAY) -> Quotes:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return source.read(body, day)


def refused(source: Source, content: object) -> str:
    with pytest.raises(CardError) as caught:
        read(source, content)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def prices(quotes: Quotes, model: str, tier: str = "standard") -> dict[str, Decimal]:
    return {
        rate.meter: rate.usd_per_mtok
        for rate in quotes.rates
        if (rate.model, rate.tier) == (model, tier)
    }


def openai(providers: Any, model: str) -> dict[str, Any]:
    found: dict[str, Any] = next(m for m in providers[0]["models"] if m["id"] == model)
    return found


# As they were published


@pytest.mark.parametrize("source", [LITELLM, GENAI_PRICES])
def test_the_published_documents_hold_the_official_prices(source: Source) -> None:
    quotes = read(source, ps.published(source.name.lower()))
    for rate in quotes.rates:
        official = oracle.list_price(rate.model, rate.meter, rate.tier)
        assert official
        if rate.tier == "standard":
            assert rate.usd_per_mtok == official
        else:  # some are rounded to cents
            assert abs(rate.usd_per_mtok - Decimal(float(official))) <= Decimal("0.005")
        assert (rate.source, rate.checked, rate.basis) == (source.name, DAY, "quoted")
        assert rate.effective_from == DAY


def test_both_name_all_standard_meters_of_their_models() -> None:
    for source in (LITELLM, GENAI_PRICES):
        quotes = read(source, ps.published(source.name.lower()))
        for model in {rate.model for rate in quotes.rates}:
            official = {m for m in oracle.METERS if oracle.list_price(model, m)}
            assert prices(quotes, model).keys() == official


def test_litellm_names_last_days_and_azure_apart() -> None:
    quotes = read(LITELLM, ps.published("litellm"))
    assert quotes.shutdowns == {
        "gpt-image-1": date(2026, 10, 23),
        "gpt-image-1-mini": date(2026, 12, 1),
        "gpt-image-1.5": date(2026, 12, 1),
        "chatgpt-image-latest": date(2026, 12, 1),
    }
    assert len(quotes.azure) == 9
    assert not {rate.model for rate in quotes.rates} & {*quotes.azure}


def test_azure_of_genai_prices_is_apart() -> None:
    document = ps.published("genai-prices")
    document[1]["models"] = [{"id": "gpt-image-2"}, {"id": "gpt-4o"}]
    assert read(GENAI_PRICES, document).azure == ("gpt-image-2",)


def test_a_chat_model_with_image_in_its_name_is_no_image_model() -> None:
    quotes = read(GENAI_PRICES, ps.published("genai-prices"))
    assert "gpt-5.4-image-2" not in {rate.model for rate in quotes.rates}


# Documents that differ


def test_a_snapshot_stands_for_its_model_only_where_that_is_absent() -> None:
    document = ps.published("litellm")
    document["gpt-image-2-2026-04-21"]["input_cost_per_token"] = 7e-06
    assert prices(read(LITELLM, document), "gpt-image-2")["text_in"] == 5
    del document["gpt-image-2"]
    assert prices(read(LITELLM, document), "gpt-image-2")["text_in"] == 7


def test_a_model_of_another_provider_is_left() -> None:
    document = ps.published("litellm")
    document["gpt-image-2"]["litellm_provider"] = "reseller"
    assert prices(read(LITELLM, document), "gpt-image-2") == {}


def test_the_noise_of_floats_is_rounded_away() -> None:
    document = ps.published("litellm")
    document["gpt-image-2"]["input_cost_per_token"] = 5.000000000000001e-06
    assert str(prices(read(LITELLM, document), "gpt-image-2")["text_in"]) == "5"


@pytest.mark.parametrize(
    ("rows", "usd"),
    [
        ([{"prices": {"output_mtok": 1}}, {"prices": {"output_mtok": 2}}], 2),
        ([(None, 1), ("2026-11-24", 2), ("2026-11-25", 3)], 2),
        ([("2026-11-25", 3)], None),
        ([], None),
    ],
)
def test_of_dated_prices_the_last_one_that_has_begun_counts(
    rows: list[Any], usd: int | None
) -> None:
    document = ps.published("genai-prices")
    openai(document, "gpt-image-2")["prices"] = [
        row
        if isinstance(row, dict)
        else {"constraint": row[0] and {"start_date": row[0]}, "prices": {"output_mtok": row[1]}}
        for row in rows
    ]
    assert prices(read(GENAI_PRICES, document), "gpt-image-2").get("image_out") == usd


def test_prices_of_some_hours_do_not_count() -> None:
    document = ps.published("genai-prices")
    night = {"start_time": "00:00:00Z", "end_time": "06:00:00Z"}
    openai(document, "gpt-image-2")["prices"] = [
        {"prices": {"output_mtok": 30}},
        {"constraint": night, "prices": {"output_mtok": 15}},
    ]
    assert prices(read(GENAI_PRICES, document), "gpt-image-2") == {"image_out": 30}


def test_prices_of_what_images_do_not_have_may_be_of_any_shape() -> None:
    document = ps.published("genai-prices")
    openai(document, "gpt-image-2")["prices"]["requests_kcount"] = {"base": 0, "tiers": []}
    assert len(prices(read(GENAI_PRICES, document), "gpt-image-2")) == 5


# Documents that are refused


def litellm_price(value: Any) -> Any:
    document = ps.published("litellm")
    document["gpt-image-2"]["input_cost_per_token"] = value
    return document


def genai_price(value: Any) -> Any:
    document = ps.published("genai-prices")
    openai(document, "gpt-image-2")["prices"]["input_mtok"] = value
    return document


@pytest.mark.parametrize(("source", "put"), [(LITELLM, litellm_price), (GENAI_PRICES, genai_price)])
@pytest.mark.parametrize(
    ("value", "said"),
    [
        (-5e-06, "must be from 0.000000001 to 1,000,000 USD"),
        (0, "must be from 0.000000001 to 1,000,000 USD"),
        (float("nan"), "finite number"),
        (float("inf"), "finite number"),
        ("5e-06", "instance of Decimal"),
        (True, "instance of Decimal"),
        ([5], "instance of Decimal"),
        ({"base": 5}, "instance of Decimal"),
        (1e30, "must be from 0.000000001 to 1,000,000 USD"),
        (1e-30, "must be from 0.000000001 to 1,000,000 USD"),
    ],
)
def test_a_price_that_is_none_refuses_the_document(
    source: Source, put: Callable[[Any], Any], value: Any, said: str
) -> None:
    told = refused(source, put(value))
    assert told.startswith(f"{source.name}, gpt-image-2: ")
    assert said in told


def test_a_price_with_an_exponent_beyond_reason_is_refused() -> None:
    for source, put in ((LITELLM, litellm_price), (GENAI_PRICES, genai_price)):
        for exponent in ("-999999999", "999999999"):
            text = json.dumps(put(12345)).replace("12345", f"1E{exponent}")
            assert f"the number 1E{exponent[:8]}" in refused(source, text.encode())


@pytest.mark.parametrize("source", [LITELLM, GENAI_PRICES, OWN_CARD])
@pytest.mark.parametrize(
    "number", ["1e1000000000000000000000", "1e-99999999", "9" * 5000, "0." + "1" * 5000]
)
def test_a_number_beyond_reason_is_refused_before_it_is_computed_with(
    source: Source, number: str
) -> None:
    assert source.name in refused(source, f'{{"x": {number}}}'.encode())


def test_a_name_that_stands_twice_is_refused() -> None:
    row = json.dumps(dict(zip(HEADER.split(","), ROW.split(","), strict=True)))[1:-1]
    twice = f'{{"format": 1, "rates": [{{{row}, "usd_per_mtok": 99}}]}}'
    assert "has 'usd_per_mtok' twice" in refused(OWN_CARD, twice.encode())
    entry = json.dumps(litellm_price(5e-6)["gpt-image-2"])
    twice = f'{{"gpt-image-2": {entry}, "gpt-image-2": {entry}}}'
    assert "names gpt-image-2 twice" in refused(LITELLM, twice.encode())
    twice = f'{{"gpt-image-2": {entry[:-1]}, "input_cost_per_token": 1}}}}'
    assert "has 'input_cost_per_token' twice" in refused(LITELLM, twice.encode())


def test_other_models_that_stand_twice_are_no_business_of_ours() -> None:
    entry = json.dumps(litellm_price(5e-6)["gpt-image-2"])
    found = LITELLM.read(f'{{"gpt-image-2": {entry}, "o9": 1, "o9": 2}}'.encode(), DAY)
    assert found.rates


def test_a_source_of_thousands_of_image_models_is_refused() -> None:
    entry = litellm_price(5e-6)["gpt-image-2"]
    many = {f"gpt-image-{i}": entry for i in range(4000)}
    assert "4,000 image models" in refused(LITELLM, json.dumps(many).encode())


@pytest.mark.parametrize(
    ("price", "delimiter", "usd"),
    [("24.5", ",", "24.5"), ("24,5", ";", "24.5"), ("24.500", ",", "24.5"), ("60", ";", "60")],
)
def test_an_own_card_in_csv_is_read_as_it_proves(price: str, delimiter: str, usd: str) -> None:
    text = f"{HEADER}\n{ROW}".replace("24.5", "PRICE").replace(",", delimiter)
    (rate,) = OWN_CARD.read(text.replace("PRICE", price).encode(), DAY).rates
    assert rate.usd_per_mtok == Decimal(usd)


def test_an_own_price_that_can_be_read_in_two_ways_is_refused() -> None:
    text = f"{HEADER}\n{ROW}".replace("24.5", "24.500").replace(",", ";")
    assert "'24.500' can be read as 24.5 or 24500" in refused(OWN_CARD, text.encode())


@pytest.mark.parametrize("source", [LITELLM, GENAI_PRICES, OWN_CARD])
@pytest.mark.parametrize("body", [b"[", b'{"a": ', b"[" * 100_000, b"{\xff\xfe}"])
def test_what_is_not_whole_json_is_refused(source: Source, body: bytes) -> None:
    assert refused(source, body).startswith(f"{source.name} is not whole JSON: ")


@pytest.mark.parametrize(
    ("source", "content", "said"),
    [
        (LITELLM, [], "LiteLLM is no map of models"),
        (LITELLM, {}, "LiteLLM names no gpt-image model"),
        (LITELLM, {"gpt-image-2": 5}, "LiteLLM, gpt-image-2 is no entry"),
        (LITELLM, {"gpt-image-2": {}}, "litellm_provider is not accepted: field required"),
        (GENAI_PRICES, {}, "genai-prices is no list of providers"),
        (GENAI_PRICES, [], "genai-prices names no gpt-image model"),
        (GENAI_PRICES, [5], "genai-prices, row 1: "),
        (GENAI_PRICES, [{"id": "openai", "models": [5]}], "genai-prices, row 1: models.0 5"),
        (
            GENAI_PRICES,
            [{"id": "openai", "models": [{"id": "gpt-image-2"}]}],
            "gpt-image-2: prices.0.prices None is not accepted",
        ),
        (
            GENAI_PRICES,
            [{"id": "openai", "models": [{"id": "gpt-image-2", "prices": [5]}]}],
            "gpt-image-2: prices.0 5 is not accepted",
        ),
        (OWN_CARD, [], "rates.csv is no card"),
        (OWN_CARD, {"format": 2, "rates": []}, "rates have format"),
        (OWN_CARD, {"format": 1}, "the file has no list of rates"),
        (OWN_CARD, {"format": 1, "rates": [{}] * 10_001}, "rates.csv has 10001 rows"),
        (OWN_CARD, {"format": 1, "rates": []}, "rates.csv names no gpt-image model"),
    ],
)
def test_a_document_of_another_shape_is_refused(source: Source, content: Any, said: str) -> None:
    assert said in refused(source, content)


def test_a_last_day_that_is_none_refuses_the_document() -> None:
    document = ps.published("litellm")
    document["gpt-image-2"]["deprecation_date"] = "soon"
    assert "deprecation_date 'soon' is not accepted" in refused(LITELLM, document)


# A card of one's own


@pytest.mark.parametrize(
    "body",
    [
        f"{HEADER}\n{ROW}\n".encode(),
        f"{HEADER}\r\n{ROW}\r\n".encode("utf-8-sig"),
        f"{HEADER}\n{ROW}\n,,,,,,,\n".replace(",", ";").encode(),
        json.dumps(
            {"format": 1, "rates": [dict(zip(HEADER.split(","), ROW.split(","), strict=True))]}
        ).encode(),
    ],
)
def test_an_own_card_is_csv_as_excel_saves_it_or_json(body: bytes) -> None:
    quotes = read(OWN_CARD, body)
    assert quotes.own
    [rate] = quotes.rates
    assert (rate.usd_per_mtok, rate.effective_from) == (Decimal("24.5"), date(2026, 5, 1))
    assert rate.source == f"{OWN}contract 7"


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@a", "\t=1", f"{OWN}=1"])
def test_what_excel_would_take_for_a_formula_loses_its_sign(text: str) -> None:
    quotes = read(OWN_CARD, f"{HEADER}\n{ROW}".replace("contract 7", text).encode())
    assert quotes.rates[0].source[len(OWN)] not in "=+-@\t"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "has no column 'model', 'meter', 'tier', 'usd_per_mtok', 'effective_from', 'source'"),
        (b"\xff\xfe", "is not UTF-8"),
        (f'{HEADER}\n{ROW}"'.replace("24.5", '"24.5"x').encode(), "is not CSV"),
        (
            f"{HEADER}\n{ROW}".replace("24.5", "-1").encode(),
            "must be from 0.000000001 to 1,000,000 USD",
        ),
        (f"{HEADER}\n{ROW}".replace("24.5", "1,5").encode(), "row 2 has 9 cells"),
        (f"{HEADER}\n{ROW}".replace("2026-05-01", "1/5/2026").encode(), "effective_from"),
        (HEADER.encode(), "names no gpt-image model"),
    ],
)
def test_an_own_card_with_a_fault_is_refused(body: bytes, said: str) -> None:
    assert said in refused(OWN_CARD, body)


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("litellm", "LiteLLM", LITELLM.address),
        (" LiteLLM ", "LiteLLM", LITELLM.address),
        ("genai-prices=https://mirror/a=b", "genai-prices", "https://mirror/a=b"),
        ("folder/rates.csv", "rates.csv", "folder/rates.csv"),
        (r"C:\rates.csv", "rates.csv", r"C:\rates.csv"),
        ("https://intra/rates.json", "rates.json", "https://intra/rates.json"),
        ("https://intra/", "https://intra/", "https://intra/"),
    ],
)
def test_a_source_is_named_or_found(text: str, name: str, address: str) -> None:
    source = find_source(text)
    assert (source.name, source.address) == (name, address)
