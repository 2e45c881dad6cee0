"""plans: every bill is what the cell functions say, and a pack is weighed."""

from typing import Any

import pytest
from command_line import answer, assert_one_sentence, cells, run, table

from xl_pricing.functions import IMGBUDGET, IMGCOST, IMGCREDITS, pricing

JOB = "4:5 high 120 --retries 1.5 --buffer 20% --prompt 180 --references 1"


SQUARE = JOB.replace("4:5", "1:1")
COST = IMGCOST("1:1", "high", None, 1, 180, 1)


def bills(line: str) -> dict[str, Any]:
    return {bill["plan"]: bill for bill in answer(line)["plans"]}


def test_official_tokens_come_first_and_are_what_cost_says() -> None:
    line = "4:5 high --prompt 100 --references 1 --n 4 --tier batch"
    told = bills(f"plans {line.replace('high', 'high 20')} --retries 1.5 --buffer 10%")
    official, cost = next(iter(told.values())), answer(f"cost {line}")
    assert official["plan"] == "official tokens"
    assert official["usd_per_image"] == cost["usd_per_image"]
    assert official["basis"] == cost["basis"]
    assert official["usd_per_final"] == pytest.approx(1.5 * cost["usd_per_image"])
    assert official["bill_usd"] == pricing.IMGBUDGET(cost["usd_per_image"], 20, 1.5, 0.1)
    assert official["markup"] == -0.5  # batch, against the list price
    assert official["credits_per_image"] is official["bill_credits"] is None


@pytest.mark.parametrize("line", ["4:5 high", "2048x2048 medium --references 2",
                                  "16:9 low --model gpt-image-2.5-flare --prompt 50"])  # fmt: skip
def test_a_plan_charges_what_credits_says(line: str) -> None:
    size, quality, *options = line.split()
    rest = " ".join(options)
    told = bills(f"plans {size} {quality} 50 --retries 2 {rest}")
    listed = answer(f"cost {line}")["usd_per_image"]
    for plan, bill in told.items():
        if bill["reason"] or plan == "official tokens":
            continue
        credits_, usd = bill["credits_per_image"], bill["usd_per_image"]
        if credits_ is None:
            assert_one_sentence(
                run(f"credits {size} {quality} '{plan}' {rest}"), "names no credits"
            )
        else:
            alone = answer(f"credits {size} {quality} '{plan}' {rest}")
            assert (credits_, usd) == (alone["credits_per_image"], alone["usd_per_image"])
            assert bill["bill_credits"] == pytest.approx(credits_ * 50 * 2 * 1.2)
        if usd is None:
            assert bill["bill_usd"] is bill["markup"] is bill["usd_per_final"] is None
        else:
            assert bill["usd_per_final"] == pytest.approx(2 * usd)
            assert bill["bill_usd"] == pytest.approx(usd * 50 * 2 * 1.2)
            assert bill["markup"] == pytest.approx(usd / listed - 1, abs=1e-12)
        assert bill["source"]
        assert bill["checked"]
        assert bill["basis"]


def test_a_plan_bills_what_the_functions_say() -> None:
    told = answer(f"plans {SQUARE}")
    bills = {row["plan"]: row for row in told["plans"]}
    apiframe = bills["Apiframe"]
    credits_ = IMGCREDITS("1:1", "high", "Apiframe")
    cost = IMGCOST("1:1", "high", None, 1, 180, 1)
    assert apiframe["credits_per_image"] == credits_
    assert apiframe["bill_usd"] == pytest.approx(IMGBUDGET(credits_ / 100, 120, 1.5, 0.2))
    assert apiframe["markup"] == pytest.approx(credits_ / 100 / cost - 1)
    assert bills["official tokens"]["usd_per_final"] == pytest.approx(cost * 1.5)
    assert bills["PixAPI"]["usd_per_image"] is None
    assert bills["PiAPI"]["refuses"] == "low, medium, high"
    assert "check them at their source" in run(f"plans {SQUARE}").stdout


def test_a_plan_without_a_token_price_to_multiply_shows_what_it_tells() -> None:
    """gpt-image-2.6 at low has no token count."""
    told = {row["plan"]: row for row in answer("plans 1:1 auto 10")["plans"]}
    assert told["official tokens"]["usd_per_image"] is None
    assert told["PixAPI"]["credits_per_image"] == IMGCREDITS("1:1", "auto", "PixAPI")
    by_credits = answer("plans 1:1 229 10")
    assert by_credits["plans"][0]["usd_per_image"] == pytest.approx(IMGCOST("1:1", 229))


def test_what_multiplies_estimated_tokens_is_an_estimate() -> None:
    told = bills("plans 4:5 high 10 --model gpt-image-2.6-flare")
    assert told["official tokens"]["basis"] == "estimate"
    assert told["ComfyUI"]["basis"] == "estimate"
    assert told["LaoZhang VIP"]["basis"] == "quoted"
    assert bills("plans 4:5 high 10")["ComfyUI"]["basis"] == "quoted"


def test_plans_as_tables() -> None:
    lines = table("plans 4:5 max 20 --model gpt-image-2.5-flare --tier batch")
    assert lines[:3] == [
        "gpt-image-2.5-flare 1024x1280 max, tier batch",
        "20 finals, retries 1, buffer 20%: 24 generations",
        "",
    ]
    assert cells([lines[3], *lines[5:10]]) == [
        ["billed by", "credits per image", "USD per image", "USD per final",
         "bill credits", "bill USD", "markup"],
        ["official tokens", "0.091785", "0.091785", "2.20", "-50.0%"],
        ["ComfyUI", "55.39", "0.262505", "0.262505", "1329.33", "6.30", "+43.0%"],
        ["LaoZhang VIP", "0.03", "0.03", "0.72", "-83.7%"],
        ["fal.ai", "0.18357", "0.18357", "4.41", "0.0%"],
        ["OpenAI data residency", "0.201927", "0.201927", "4.85", "+10.0%"],
    ]  # fmt: skip
    assert cells([lines[11]]) == [["billed by", "refuses", "source", "seen on", "basis", "note"]]
    taken = "it takes low, medium, high"
    refused = "plan PiAPI has no price for gpt-image-2.5-flare 1024x1280 at quality max"
    assert f"{refused}; {taken}" in lines
    assert lines[-1].startswith("note: prices of plans and resellers change often: check them")
    other = "plan PixAPI has no price for gpt-image-2.5-flare 1024x1280 at quality max"
    assert f"{other}; it is known for gpt-image-2" in lines


def test_the_qualities_that_a_plan_refuses_stand_beside_its_source() -> None:
    lines = table("plans 4:5 high 20 --model gpt-image-2.5-flare")
    (row,) = [line for line in lines if line.startswith("PiAPI") and "piapi.ai" in line]
    assert cells([row])[0][1] == "xhigh, max"
    assert (
        bills("plans 4:5 high 20 --model gpt-image-2.5-flare")["PiAPI"]["refuses"] == "xhigh, max"
    )
    (row,) = [line for line in lines if line.startswith("fal.ai") and "passed through" in line]
    assert cells([row])[0][1] == "none"


def test_a_quality_without_a_token_price_is_still_billed_by_plans() -> None:
    told = bills("plans 4:5 auto 10")
    assert told["PixAPI"]["credits_per_image"] == 14
    assert told["LaoZhang VIP"]["usd_per_image"] == 0.03
    assert told["LaoZhang VIP"]["markup"] is None
    assert told["official tokens"]["usd_per_image"] is None
    assert told["official tokens"]["reason"].startswith("official tokens: quality 'auto' is chosen")
    assert told["ComfyUI"]["reason"].startswith("ComfyUI: quality 'auto' is chosen by the model")
    lines = table("plans 4:5 auto 10")
    assert not any(line.startswith("official tokens  ") for line in lines)
    assert any(line.startswith("official tokens: quality 'auto'") for line in lines)
    assert any(line.startswith("ComfyUI: ") and "it takes" not in line for line in lines)


def test_no_batch_price_is_told_and_the_markup_stays_over_the_list_price() -> None:
    told = bills("plans 4:5 high 20 --model gpt-image-2.6-flare --tier batch")
    assert "no rate for image_out" in told["official tokens"]["reason"]
    listed = pricing.IMGCOST("4:5", "high", "gpt-image-2.6-flare")
    assert told["LaoZhang VIP"]["markup"] == pytest.approx(0.03 / listed - 1)


def test_where_nothing_has_a_price_there_are_no_tables() -> None:
    lines = table("plans 4:5 auto 3 --model gpt-image-2.5-sunburst")
    assert "billed by" in "\n".join(lines)  # LaoZhang VIP has one price for all qualities
    lines = table("plans 1:1 auto 3 --model gpt-image-1")
    assert not any(line.startswith("billed by") for line in lines)
    assert any(line.startswith("official tokens: ") for line in lines)


def test_a_pack_that_pays_off() -> None:
    line = "plans 4:5 high 1000 --plan PixAPI --pack-usd 10 --pack-credits 1000"
    told = answer(line)["pack"]
    usd = pricing.IMGCOST("4:5", "high")
    assert told["images_in_pack"] == pytest.approx(1000 / 14)
    assert told["usd_per_image"] == pytest.approx(0.14)
    assert told["break_even_images"] == pytest.approx(10 / usd)
    assert (told["packs_for_the_job"], told["packs_usd"]) == (17, 170)  # 1200 x 14 credits
    assert told["tokens_usd"] == pricing.IMGBUDGET(usd, 1000)
    assert told["saving_usd"] == pytest.approx(told["tokens_usd"] - 170)
    assert told["pays_off"] is True
    assert table(line)[-4:-1] == [
        "pack: 1000 credits of PixAPI for 10 USD make 71.43 images, 0.14 USD each",
        "break-even: 54.48 images; from there on it is cheaper than tokens",
        "this job: 17 packs, 170.00 USD; by tokens 220.28 USD: it pays off, 50.28 USD less",
    ]


def test_a_pack_that_is_too_large_or_too_dear() -> None:
    assert table("plans 4:5 high 10 --plan 0.01 --pack-usd 8 --pack-credits 1000")[-4:-1] == [
        "pack: 1000 credits of 0.01 USD for 8 USD make 54.48 images, 0.146856 USD each",
        "break-even: 43.58 images; from there on it is cheaper than tokens",
        "this job: 1 pack, 8.00 USD; by tokens 2.20 USD: it does not pay off, 5.80 USD more",
    ]
    assert "break-even: 54.48 images; it does not hold more, so it never pays off" in table(
        "plans 4:5 high 10 --plan PixAPI --pack-usd 10 --pack-credits 700"
    )
    # 0.01 USD a credit is the token price itself: as many images, and nothing won.
    even = "plans 4:5 high 10 --plan 0.01 --pack-usd 1.8357 --pack-credits 183.57 --buffer 0"
    assert table(even)[-3:-1] == [
        "break-even: 10 images; it does not hold more, so it never pays off",
        "this job: 1 pack, 1.84 USD; by tokens 1.84 USD: it costs the same",
    ]
    assert answer("plans 4:5 high 10")["pack"] is None


def test_the_same_job_elsewhere_stands_apart_and_has_no_markup() -> None:
    told = {row["model"]: row for row in answer(f"plans {JOB}")["elsewhere"]}
    flux = told["FLUX.2 pro"]  # 1024x1280 starts a second megapixel; one reference image
    assert flux["usd_per_image"] == pytest.approx(0.03 + 0.015 + 0.015)
    assert flux["usd_per_final"] == pytest.approx(1.5 * flux["usd_per_image"])
    assert flux["bill_usd"] == pytest.approx(216 * flux["usd_per_image"])
    assert told["Grok Imagine 2.0"]["quality"] == "medium (best)"
    assert told["Ideogram 4.5"]["note"].endswith("references are not counted")
    assert not {"markup", "plan"} & {*flux}
    assert not {*told} & {*bills(f"plans {JOB}")}
    lines = table("plans 2048x1152 high 20")
    assert "the same job elsewhere: other models, which make another picture:" in lines
    assert "what Gemini Nano Banana 2.1 charges for 2048x1152 is not known" in lines


@pytest.mark.parametrize(("credits_", "pays_off"), [(1000, False), (1500, True)])
def test_a_pack_pays_off_where_it_is_cheaper_than_the_tokens_of_the_job(
    credits_: int, pays_off: bool
) -> None:
    line = f"plans {SQUARE} --pack-usd 10 --pack-credits {credits_} --plan Apiframe"
    pack = answer(line)["pack"]
    assert pack["images_in_pack"] == pytest.approx(credits_ / 23)
    assert pack["break_even_images"] == pytest.approx(10 / COST)
    packs = -(-216 * 23 // credits_)
    assert (pack["packs_for_the_job"], pack["packs_usd"]) == (packs, 10 * packs)
    assert pack["pays_off"] == pays_off == (10 * packs < 216 * COST)
    assert ("pays off" if pays_off else "does not pay off") in run(line).stdout


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("plans 4:5 huge 9", "quality 'huge' is not known"),
        ("plans 4:5 high ten", "finals 'ten' is not a number"),
        ("plans 4:5 high 9 --plan PixAPI", "--pack-usd, --pack-credits and --plan together"),
        ("plans 4:5 high 9 --pack-usd 5", "--pack-usd, --pack-credits and --plan together"),
        ("plans 4:5 high 9 --plan Nobody --pack-usd 5 --pack-credits 9", "accepted: PixAPI"),
        (
            "plans 4:5 high 9 --plan 'LaoZhang VIP' --pack-usd 5 --pack-credits 9",
            "accepted: a plan with credits",
        ),
        ("plans 4:5 high 9 --plan PixAPI --pack-usd 0 --pack-credits 9", "accepted: more than 0"),
        ("plans 4:5 high 9 --plan PixAPI --pack-usd 5 --pack-credits some", "is not a number"),
        ("plans 4:5 auto 9 --plan PixAPI --pack-usd 5 --pack-credits 9", "chosen by the model"),
    ],
)
def test_bad_input_is_told_in_one_sentence(line: str, told: str) -> None:
    assert_one_sentence(run(line), told)
