"""A prepaid pack of a plan beside the same job paid by tokens, for ``xl-pricing plans``."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from xl_pricing.cli.answers import facts
from xl_pricing.cli.console import Given
from xl_pricing.cli.drawing import show, show_money
from xl_pricing.cli.image import GivenImage
from xl_pricing.errors import InvalidValueError, NotAvailableError
from xl_pricing.estimation.budget import Budget
from xl_pricing.estimation.credits import Pack
from xl_pricing.functions.pricing import read_charge
from xl_pricing.functions.values import is_blank, is_number, read_number
from xl_pricing.planning.plans import pack_bill


@dataclass(frozen=True, slots=True)
class PackBeside:
    """A prepaid pack beside the same job paid by tokens."""

    plan: Given
    pack_usd: Fraction
    pack_credits: Fraction
    credits_per_image: Fraction
    images_in_pack: Fraction
    usd_per_image: Fraction
    break_even_images: Fraction
    packs_for_the_job: int
    packs_usd: Fraction
    tokens_usd: Fraction
    saving_usd: Fraction
    pays_off: bool


def pack_lines(pack: PackBeside) -> Iterator[str]:
    """Draw what the pack holds, from where on it pays off, and whether it does for this job."""
    shown = {name: show(name, value) for name, value in facts(pack).items()}
    unit = " USD" if is_number(shown["plan"]) else ""
    yield (
        f"pack: {shown['pack_credits']} credits of {pack.plan}{unit} for {shown['pack_usd']} USD "
        f"make {shown['images_in_pack']} images, {shown['usd_per_image']} USD each"
    )
    yield f"break-even: {shown['break_even_images']} images; " + (
        "from there on it is cheaper than tokens"
        if pack.break_even_images < pack.images_in_pack
        else "it does not hold more, so it never pays off"
    )
    plural = "" if pack.packs_for_the_job == 1 else "s"
    yield (
        f"this job: {pack.packs_for_the_job} pack{plural}, {show_money(pack.packs_usd)} USD; "
        f"by tokens {show_money(pack.tokens_usd)} USD: {_verdict(pack.saving_usd)}"
    )


def _verdict(saving: Fraction) -> str:
    if not saving:
        return "it costs the same"
    if saving < 0:
        return f"it does not pay off, {show_money(-saving)} USD more"
    return f"it pays off, {show_money(saving)} USD less"


def weigh_pack(
    plan: Given, usd: Given, credits_: Given, image: GivenImage, by_tokens: Budget
) -> PackBeside:
    """Weigh a prepaid pack of a plan against the same job by tokens.

    Raises `InvalidValueError` where a part is missing, `NotAvailableError` for a plan that names
    no credits.
    """
    if any(map(is_blank, (plan, usd, credits_))):
        raise InvalidValueError(
            "a pack needs a plan, a price and credits; "
            "accepted: --pack-usd, --pack-credits and --plan together"
        )
    credits_per_image = _credits(plan, image)
    pack = Pack(read_number(usd, "pack_usd"), read_number(credits_, "pack_credits"))
    bill = pack_bill(pack, credits_per_image, by_tokens)
    return PackBeside(
        plan,
        pack_usd=pack.usd,
        pack_credits=pack.credits,
        credits_per_image=credits_per_image,
        images_in_pack=bill.images,
        usd_per_image=pack.usd / bill.images,
        break_even_images=bill.break_even_images,
        packs_for_the_job=bill.packs,
        packs_usd=bill.usd,
        tokens_usd=bill.token_usd,
        saving_usd=bill.saving,
        pays_off=bill.saving > 0,
    )


def _credits(plan: Given, image: GivenImage) -> Fraction:
    charged = read_charge(plan=plan, **image)
    if charged.credits is None:
        raise NotAvailableError(
            f"plan {plan!r} names no credits for this image; accepted: a plan with credits"
        )
    return charged.credits
