"""Each shape by itself: what it tells in which field, and what it does not tell."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from bill_document import EXPECTED, ROOM, assumed, left, read, run, sample, write

from xl_pricing.bills.meters import Meter, azure_meter, line_item_meter
from xl_pricing.bills.reasons import Reason
from xl_pricing.bills.shapes import SHAPES
from xl_pricing.estimation.assumed import SENTENCES, Assumed

RESPONSE = json.loads(sample("responses.jsonl").splitlines()[0])
BATCH = sample("batch_output.jsonl").splitlines()
DAY = 1793606405


def response(**changes: Any) -> dict[str, Any]:
    return json.loads(json.dumps({**RESPONSE, **changes}))


def lines(tmp_path: Path, *records: object, **options: Any) -> Any:
    return read(write(tmp_path / "log.jsonl", records), **options)


def test_a_file_is_known_by_its_fields_and_never_by_its_name(tmp_path: Path) -> None:
    for name in EXPECTED:
        if (ROOM / name).is_file() and "needs" not in EXPECTED[name]:
            file = write(tmp_path / "batch_output.xlsx", (ROOM / name).read_bytes())
            assert read(file)["rows"] == EXPECTED[name]["rows"]


def test_every_shape_has_a_name_of_its_own() -> None:
    names = [shape.name for shape in SHAPES]
    assert len({*names}) == len(names)


# Answers, events, log lines.


def test_a_log_may_hold_the_answer_under_many_names(tmp_path: Path) -> None:
    answer = {"created": DAY, "data": [{}, {}], "usage": {"output_tokens": 100}, "size": "auto"}
    asked = {"model": "gpt-image-2", "size": "1024x1024", "quality": "low"}
    rows = [
        {"model": "gpt-image-2", "response": answer},
        {"request": asked, "body": answer},
        {"params": asked, "ts": "5", "result": json.dumps(answer)},
        answer | {"model": "gpt-image-2"},
        {"time": DAY, "model": "gpt-image-2", "usage": {"output_tokens": 100}, "n": 2},
    ]
    found = lines(tmp_path, *rows, options=("--by", "size,quality"))
    assert (found["priced"], found["images"], found["usd"]) == (5, 10, "0.015")
    assert [(each["size"], each["rows"]) for each in found["by"]] == [("", 3), ("1024x1024", 2)]


def test_a_call_that_failed_and_lines_of_other_things_are_no_image_cost(tmp_path: Path) -> None:
    found = lines(
        tmp_path,
        {"timestamp": DAY, "model": "gpt-image-2", "response": {"error": {"code": "blocked"}}},
        {"level": "info", "message": "started"},
        {"timestamp": DAY, "model": "gpt-image-2", "usage": {"output_tokens": 1}},
    )
    assert (found["priced"], found["unpriced"]) == (1, [])
    assert {each["reason"] for each in found["left_out"]} == {
        Reason.FAILED.sentence,
        Reason.OTHER_RECORD.sentence,
    }


# Responses.


def test_the_image_tool_is_counted_and_the_conversation_told_apart(tmp_path: Path) -> None:
    found = lines(tmp_path, response(id="a"), response(id="b"), response(id="a"))
    assert (found["rows"], found["priced"], found["usd"]) == (3, 2, "0.034108")
    counts = {"input_tokens": 2 * 1732, "output_tokens": 2 * 121}
    assert found["apart"] == {"conversation model": counts}


def test_a_tool_without_a_model_is_the_default_one(tmp_path: Path) -> None:
    tools = [{"type": "image_generation"}]
    found = lines(tmp_path, response(tools=tools))
    assert found["by_day_model_tier"][0][1] == "gpt-image-2.6-sunburst"
    assert assumed(found) == {SENTENCES[Assumed.TOOL_DEFAULT]: 1}
    given = lines(tmp_path, response(tools=tools), model="gpt-image-2")
    assert given["by_day_model_tier"][0][1] == "gpt-image-2"
    before = lines(tmp_path, response(tools=tools, created_at=DAY))
    assert left(before) == {Reason.BEFORE_FIRST_RATE.sentence: 1}
    two = [{"type": "image_generation", "model": name} for name in ("gpt-image-2", "gpt-image-1")]
    assert left(lines(tmp_path, response(tools=two))) == {Reason.NO_MODEL.sentence: 1}


def test_a_response_that_made_images_and_tells_no_tokens_is_not_free(tmp_path: Path) -> None:
    none = dict.fromkeys(("input_tokens", "output_tokens", "total_tokens"), 0)
    found = lines(tmp_path, response(id="a", tool_usage={"image_gen": none}), response(id="b"))
    assert left(found) == {Reason.NO_TOKENS.sentence: 1}
    missing = {name: value for name, value in RESPONSE.items() if name != "tool_usage"}
    assert left(lines(tmp_path, missing)) == {Reason.NO_USAGE.sentence: 1}
    talk = lines(tmp_path, response(output=[], tools=[], tool_usage={"image_gen": none}))
    assert (talk["unpriced"], talk["left_out"][0]["reason"]) == ([], Reason.OTHER_RECORD.sentence)


def test_a_moderated_call_costs_what_its_tokens_cost(tmp_path: Path) -> None:
    output = [{**RESPONSE["output"][0], "status": "failed", "error": {"code": "moderation"}}]
    found = lines(tmp_path, response(output=output))
    assert (found["images"], found["usd"]) == (0, "0.017054")


def test_a_stream_of_a_response_counts_at_its_end(tmp_path: Path) -> None:
    begun = {"type": "response.in_progress", "response": response(tool_usage=None, usage=None)}
    ended = {"type": "response.completed", "response": RESPONSE}
    found = lines(tmp_path, begun, ended)
    assert (found["rows"], found["priced"], found["unpriced"]) == (2, 1, [])


def test_a_log_line_around_a_response_does_not_give_it_its_model(tmp_path: Path) -> None:
    line = {"timestamp": "2026-11-04T07:00:00Z", "model": "gpt-5.6-sol", "response": RESPONSE}
    assert lines(tmp_path, line)["by_day_model_tier"][0][1] == "gpt-image-2.5-flare"


# Batch.


def test_a_batch_finds_its_model_in_its_input(tmp_path: Path) -> None:
    models = {"r11": "gpt-image-2", "r12": "gpt-image-1.5", "r13": "gpt-image-2"}
    asked = [
        {"custom_id": name, "method": "POST", "url": "/v1/images/generations",
         "body": {"model": model, "prompt": "a cat"}} for name, model in models.items()
    ]  # fmt: skip
    files = (write(tmp_path / "out", "\n".join(BATCH)), write(tmp_path / "zz in", asked))
    found = read(*files)
    assert [(row[1], row[2]) for row in found["by_day_model_tier"]] == [
        ("gpt-image-1.5", "batch"),
        ("gpt-image-2", "batch"),
    ]
    assert found["rows"] == 3


def test_two_batches_are_told_apart_by_the_names_of_files(tmp_path: Path) -> None:
    one = json.loads(sample("batch.json"))
    other = one | {"id": "batch_12", "model": "gpt-image-1.5", "output_file_id": "file-out2"}
    objects = write(tmp_path / "list.json", json.dumps({"object": "list", "data": [one, other]}))
    for name, model in {"file-out": "gpt-image-2", "batch_12_output": "gpt-image-1.5"}.items():
        out = write(tmp_path / f"{name}.jsonl", "\n".join(BATCH))
        assert read(out, objects)["by_day_model_tier"][0][1] == model
        assert assumed(read(out, objects)) == {}
    unnamed = write(tmp_path / "out.jsonl", "\n".join(BATCH))
    assert left(read(unnamed, objects)) == {Reason.NO_MODEL.sentence: 3}


def test_requests_of_a_batch_that_failed_cost_nothing(tmp_path: Path) -> None:
    expired = {"id": "e", "custom_id": "e", "response": None, "error": {"code": "batch_expired"}}
    body = {"error": {"code": "moderation_blocked"}}
    blocked = {"id": "f", "custom_id": "f", "response": {"status_code": 400, "body": body}}
    out = write(tmp_path / "out.jsonl", "\n".join([*BATCH, *map(json.dumps, (expired, blocked))]))
    found = read(out, ROOM / "batch.json")
    assert (found["rows"], found["priced"], found["unpriced"]) == (5, 3, [])
    assert found["left_out"][0]["reason"] == Reason.FAILED.sentence


def test_a_batch_of_responses_is_priced_as_a_batch_of_its_tool(tmp_path: Path) -> None:
    line = {"id": "b", "custom_id": "c", "response": {"body": RESPONSE}, "error": None}
    found = lines(tmp_path, line)
    assert found["by_day_model_tier"] == [
        ["2026-11-04", "gpt-image-2.5-flare", "batch", "0.008527"]
    ]


# Organizations.


def test_usage_of_images_has_no_calls_of_gpt_image_and_says_so() -> None:
    found = read(ROOM / "organization_usage_images.json")
    assert (found["rows"], found["usd"]) == (0, "0")
    assert "usage/completions" in found["notes"][0]


def bucket(*results: object) -> dict[str, object]:
    return {"object": "bucket", "start_time": DAY, "end_time": DAY + 1, "results": [*results]}


def cost(value: object, item: str | None, **more: object) -> dict[str, object]:
    amount = {"value": value, "currency": "usd"}
    return {"amount": amount, "line_item": item, **more}


def test_amounts_keep_all_their_digits(tmp_path: Path) -> None:
    item = "gpt-image-2 image, output"
    text = json.dumps(bucket(cost("HERE", item), cost("0E-6176", item), cost("0.1", item)))
    number = "0.0001050000000000000000000000000000001"
    found = read(write(tmp_path / "costs.json", text.replace('"HERE"', number)))
    assert found["billed"] == "0.1001050000000000000000000000000000001"


def test_amounts_of_other_currencies_are_told_and_not_added(tmp_path: Path) -> None:
    text = sample("organization_costs.json").replace('"usd"', '"EUR"', 3)
    result = run(write(tmp_path / "costs.json", text), "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["other_currencies"] == {"eur": "0.03239"}
    assert found["billed"] == "1.8041345"


def test_an_amount_of_no_told_product_is_named(tmp_path: Path) -> None:
    found = lines(tmp_path, bucket(cost(1.5, None), cost(0.03, "gpt-image-2 image, output")))
    assert left(found) == {Reason.NO_LINE_ITEM.sentence: 1}
    assert found["billed"] == "0.03"


@pytest.mark.parametrize(
    ("text", "meter"),
    [
        ("gpt-image-2-2026-04-21 image, output", Meter("gpt-image-2-2026-04-21", "image_out")),
        ("gpt-image-2.5-flare text, input", Meter("gpt-image-2.5-flare", "text_in")),
        ("gpt-image-1 image, cached input", Meter("gpt-image-1", "image_cached")),
        ("gpt-image-2 text, input_tokens", Meter("gpt-image-2", "text_in")),
        ("gpt-image-2 image, output, batch", Meter("gpt-image-2", "image_out", "batch")),
        ("gpt-5.4, input, long context", None),
        ("web search tool calls", None),
        ("gpt-image-2", None),
    ],
)
def test_line_items_of_openai(text: str, meter: Meter | None) -> None:
    assert line_item_meter(text) == meter


@pytest.mark.parametrize(
    ("text", "meter"),
    [
        ("Image 2 txt inp Gl 1M Tokens", Meter("gpt-image-2", "text_in", "standard")),
        ("Image 2 txt cd inp Gl 1M Tokens", Meter("gpt-image-2", "text_cached", "standard")),
        ("Image 2 img cd inp DZ 1M Tokens", Meter("gpt-image-2", "image_cached", "standard")),
        ("Image 2 img Batch opt DZ 1M Tokens", Meter("gpt-image-2", "image_out", "batch")),
        ("Image 2 txt Batch inp Gl 1M Tokens", Meter("gpt-image-2", "text_in", "batch")),
        ("Azure OpenAI - Image-2.5-flare img opt Gl 1M Tokens",
         Meter("gpt-image-2.5-flare", "image_out", "standard")),
        ("gpt-image-1-inp-txt-glbl Tokens", Meter("gpt-image-1", "text_in", "standard")),
        ("gpt-image-1-inp-cached-img-dzone Tokens",
         Meter("gpt-image-1", "image_cached", "standard")),
        ("gpt-image-1-output-img-glbl Tokens", Meter("gpt-image-1", "image_out", "standard")),
        ("Image 2.6 Image Output Glbl 1M Tokens", None),
        ("gpt 4o inp glbl Tokens", None),
    ],
)  # fmt: skip
def test_meters_of_azure(text: str, meter: Meter | None) -> None:
    zoned = " DZ " in text or "dzone" in text
    assert azure_meter(text) == (meter and meter._replace(zoned=zoned, origin="Azure"))


@pytest.mark.parametrize(
    ("change", "billed", "others"),
    [
        ({}, "160.2256", {}),
        ({"costInUsd": "noUsd"}, "160.2256", {}),
        ({"costInUsd": "noUsd", ",USD,USD,": ",EUR,USD,"}, "160.2256", {}),
        ({"costInUsd": "noUsd", ",USD,USD,": ",EUR,EUR,"}, None, {"eur": "160.2256"}),
    ],
)
def test_azure_is_compared_in_usd_where_the_bill_tells_it(
    tmp_path: Path, change: dict[str, str], billed: str | None, others: dict[str, str]
) -> None:
    text = sample("azure_cost_details.csv")
    for old, new in change.items():
        text = text.replace(old, new)
    found = read(write(tmp_path / "azure.csv", text))
    assert (found["billed"], found["other_currencies"]) == (billed, others)


def test_a_bill_whose_amount_or_quantity_cannot_be_read_names_the_row(tmp_path: Path) -> None:
    text = sample("azure_cost_details.csv")
    found = read(write(tmp_path / "a.csv", text.replace("0.64,0.64,0.64", "0.64,0.64,?")))
    assert left(found) == {Reason.NO_AMOUNT.sentence: 1}
    found = read(write(tmp_path / "b.csv", text.replace(",0.128,", ",0.1280005,")))
    assert (left(found), found["billed"]) == ({Reason.NO_COUNT.sentence: 1}, "160.2256")
    other = read(write(tmp_path / "c.csv", text.replace(",0.128,1M,", ",0.128,Hours,")))
    assert (other["priced"], other["left_out"][0]["reason"]) == (6, Reason.AMOUNT_ALONE.sentence)
    focus = sample("focus_1_2.csv").replace(",128000,Tokens,", ",,,")
    assert read(write(tmp_path / "d.csv", focus))["usd"] == "159.172"


def test_an_image_model_of_microsoft_is_another_product(tmp_path: Path) -> None:
    text = sample("azure_cost_details.csv")
    row = text.splitlines()[3]
    mai = row.replace("Image 2 img opt Gl 1M Tokens", "Image 2.6 Image Output Glbl 1M Tokens")
    new = row.replace("Image 2 img opt Gl 1M Tokens", "gpt-image-3-img-opt2 Tokens")
    found = read(write(tmp_path / "azure.csv", f"{text}{mai}\n"))
    assert (found["billed"], found["other_usd"]) == ("160.2256", "105.36")
    unread = read(write(tmp_path / "new.csv", f"{text}{new}\n"))
    assert left(unread) == {Reason.NO_METER.sentence: 1}
    assert unread["billed"] == "265.5856"


def test_focus_1_3_is_focus_and_a_correction_is_a_refund(tmp_path: Path) -> None:
    head, first, *rest = sample("focus_1_2.csv").splitlines()
    text = "\n".join([f"{head},HostProviderName", *(f"{row},x" for row in (first, *rest))])
    text = text.replace("ProviderName", "ServiceProviderName", 1)
    assert read(write(tmp_path / "13.csv", text))["usd"] == "159.172"
    back = first.replace("0.64,", "-0.64,").replace("Usage,,", "Usage,Correction,")
    back = back.replace("128000", "-128000")
    found = read(write(tmp_path / "12.csv", "\n".join([head, first, *rest, back])))
    assert (found["billed"], found["usd"]) == ("159.5856", "159.172")
    tax = first.replace("Usage,,", "Tax,,").replace("Image 2 txt inp Gl 1M Tokens", "VAT")
    found = read(write(tmp_path / "tax.csv", "\n".join([head, first, *rest, tax])))
    assert (found["billed"], found["other_usd"]) == ("160.2256", "0.64")


# Gateways.


def test_an_answer_from_a_gateways_cache_was_not_bought(tmp_path: Path) -> None:
    text = sample("litellm_spend_logs.csv").replace(",False,", ",True,", 2)
    found = read(write(tmp_path / "litellm.csv", text))
    assert (found["priced"], found["left_out"][0]["rows"]) == (9, 2)


def test_an_image_call_under_a_name_of_ones_own_is_named(tmp_path: Path) -> None:
    text = sample("litellm_spend_logs.csv").replace(",gpt-image-2,images", ",azure/mine,images")
    found = read(write(tmp_path / "litellm.csv", text))
    assert left(found) == {Reason.UNKNOWN_MODEL.sentence: 4}
    assert found["unpriced"][0]["about"] == "mine"


def test_litellm_without_a_usage_object_has_its_own_counts(tmp_path: Path) -> None:
    rows = json.loads(sample("litellm_spend_logs.json"))
    for row in rows:
        del row["metadata"]["usage_object"]
    found = lines(tmp_path, rows)
    assert (found["priced"], found["tokens"]["text_in"]) == (11, 615 + 6467)
    assert SENTENCES[Assumed.ALL_TEXT] in assumed(found)


def test_langfuse_is_read_as_lines_as_a_table_and_as_its_api_answers(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in sample("langfuse_observations.jsonl").splitlines()]
    table = io.StringIO()
    writer = csv.DictWriter(table, list(rows[0]))
    writer.writeheader()
    writer.writerows({k: json.dumps(v) if isinstance(v, dict) else v for k, v in row.items()}
                     for row in rows)  # fmt: skip
    assert read(write(tmp_path / "a.csv", table.getvalue()))["usd"] == "1.409773"
    names = {"start_time": "startTime", "provided_model_name": "model", "total_cost": "totalCost",
             "usage_details": "usageDetails"}  # fmt: skip
    spelled = [{names.get(k, k): v for k, v in row.items()} for row in rows]
    span = {"id": "s", "type": "SPAN", "startTime": "2026-11-02", "usageDetails": {}}
    page = {"data": [*spelled, span], "meta": {"page": 1}}
    found = read(write(tmp_path / "a.json", json.dumps(page)))
    assert (found["rows"], found["priced"], found["usd"]) == (12, 11, "1.409773")


# One's own.


def test_the_actuals_of_the_workbook_are_read_by_name_and_by_caption(tmp_path: Path) -> None:
    from workbook_templates.csv_shapes import ACTUALS

    shape = ACTUALS.shape
    names = [name for name in shape.fields if name != "note"]
    row = ["2026-11-02", "gpt-image-2", "4:5", "high", "30", "22", "36300", "183570", "5.80"]
    told = list(shape.captions.items())
    english, chinese = (
        [next(c.title() for c, field in way if field == name) for name in names]
        for way in (told, told[::-1])
    )
    assert not any(map(str.isascii, chinese))
    for heads in (names, english, chinese):
        table = io.StringIO()
        csv.writer(table).writerows([heads, row])
        found = read(write(tmp_path / "actuals.csv", table.getvalue()))
        assert (found["images"], found["usd"], found["billed"]) == (30, "5.6886", "5.8")
        assert list(found["files"]["actuals.csv"]) == ["the Actuals of the workbook"]


def test_counts_by_meter_are_read(tmp_path: Path) -> None:
    text = "day,model,tier,text_in,image_out\n2026-11-02,gpt-image-2,batch,5,100\n"
    found = read(write(tmp_path / "counts.csv", text))
    assert found["by_day_model_tier"] == [["2026-11-02", "gpt-image-2", "batch", "0.0015125"]]


def test_a_log_as_a_table_has_counts_in_columns_or_a_usage_as_json(tmp_path: Path) -> None:
    text = "id,timestamp,model,n,input_tokens,input_image_tokens,output_tokens\n"
    text += "a,2026-11-02T08:00:00Z,gpt-image-2,2,100,60,100\n"
    found = read(write(tmp_path / "flat.csv", text))
    assert (found["usd"], found["images"], found["tokens"]["image_in"]) == ("0.00368", 2, 60)
    usage = '"{""input_tokens"": 40, ""output_tokens"": 100}"'
    text = f"request_id,time,model,usage\na,2026-11-02T08:00:00Z,gpt-image-2,{usage}\n"
    assert read(write(tmp_path / "usage.csv", text))["usd"] == "0.0032"


@pytest.mark.parametrize("no_id", ["", "null", "None", "N/A", "-"])
def test_what_stands_for_no_id_is_none(tmp_path: Path, no_id: str) -> None:
    row = {"id": no_id, "model": "gpt-image-2", "time": DAY, "usage": {"output_tokens": 1}}
    assert lines(tmp_path, row, row)["priced"] == 2
