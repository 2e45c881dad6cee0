"""How the planning commands draw their documents: tables, and what they mean in words."""

from typing import Any

from xl_pricing.console import Document, draw_table, show_money

USUAL_BUFFER = 0.3


def _drawn(name: str, value: Any) -> Any:  # noqa: ANN401 - a figure or a word
    """Write money with its cents, and shares in percent."""
    if value is None or isinstance(value, str):
        return value or ""
    if name in {"saving_share", "markup"}:
        return f"{value:+.1%}"
    return f"{value:.5f}" if name.startswith("usd_per") else f"{value:.2f}"


def draw_levers(document: Document) -> str:
    """Draw the moves that are there, and name the best."""
    shown = [
        {name: _drawn(name, row[name]) for name in row if name != "move"}
        for row in document["moves"]
        if row["saving_usd"] is not None
    ]
    lines = [f"budget now: {show_money(document['budget_usd'])} USD", "", draw_table(shown), ""]
    for place, row in enumerate(document["best"], start=1):
        saved = f"saves {show_money(row['saving_usd'])} USD ({row['saving_share']:.0%})"
        lines.append(f"{place}. {row['lever']} {row['change']} {saved}: {row['costs']}")
    return "\n".join(lines if document["best"] else [*lines, "no move saves anything here"])


def draw_plans(document: Document) -> str:
    """Draw the plans, the pack, and the warning that belongs to them."""
    hidden = {"source", "basis"}
    rows = [
        {name: _drawn(name, row[name]) for name in row if name not in hidden}
        for row in document["plans"]
    ]
    sources = [
        f"{row['plan']}: {row['source']} ({row['basis']})"
        for row in document["plans"][1:]
        if row["basis"]
    ]
    pack = document["pack"]
    lines = [draw_table(rows), "", "sources: " + "; ".join(sources)]
    if pack:
        verdict = "pays off" if pack["pays_off"] else "does not pay off"
        lines.append(
            f"the pack {verdict}: {pack['packs_for_the_job']} cost {show_money(pack['packs_usd'])} "
            f"USD; one is cheaper than tokens from {pack['break_even_images']:.0f} images on, and "
            f"holds {pack['images_in_pack']:.0f}"
        )
    return "\n".join([*lines, f"note: {document['note']}"])


def draw_risk(document: Document) -> str:
    """Draw the buffers, and say what they mean."""
    chance, buffer = document["chance_that_it_lasts"], document["buffer"]
    rows = [
        {
            **row,
            "confidence": f"{row['confidence']:.0%}",
            "buffer": f"{row['buffer']:.1%}",
            "covered": "yes" if row["covered"] else "no",
        }
        for row in document["buffers"]
    ]
    lines = [draw_table(rows), "", f"a buffer of {buffer:.0%} lasts with a chance of {chance:.1%}"]
    sure = next(row for row in document["buffers"] if row["confidence"] == 0.9)
    if sure["buffer"] > USUAL_BUFFER:
        lines.append("the usual 10% to 30% is not enough for so small a job: plan whole images")
    return "\n".join(lines)


def draw_stage(document: Document) -> str:
    """Draw both ways side by side, and say whether staging pays off."""
    money = {name: show_money(document[name]) for name in ("budget_usd", "staged_usd")}
    rows = [
        {
            "way": "all at full quality",
            "drafts": "",
            "finals": money["budget_usd"],
            "budget USD": money["budget_usd"],
        },
        {
            "way": "in two stages",
            "drafts": show_money(document["drafts_usd"]),
            "finals": show_money(document["finish_usd"]),
            "budget USD": money["staged_usd"],
        },
    ]
    pays = "pays off" if document["saving_usd"] > 0 else "does not pay off"
    share = f"{document['saving_share']:+.1%}"
    return (
        f"{draw_table(rows)}\n\nstaging {pays}: it saves {document['saving_usd']:.2f} USD "
        f"({share}).\nThe drafts ({document['draft']}) must save "
        f"{document['break_even_retries']:.2f} full-quality generations per final; "
        f"{document['saved_retries']:.2f} are expected."
    )
