"""The command line, ``xl-pricing``: the cell functions and the workbook without Excel.

A command takes the arguments of its cell function and returns its answer, which is drawn as a
table or printed as JSON. Whatever is wrong is said in one sentence on standard error, with exit
status 2.
"""

import click

import xl_pricing
from xl_pricing.cli.bill import bill
from xl_pricing.cli.budget import budget, buffer
from xl_pricing.cli.console import Main
from xl_pricing.cli.excel import excel
from xl_pricing.cli.host import host, serve
from xl_pricing.cli.known import models
from xl_pricing.cli.levers import levers
from xl_pricing.cli.plans import plans
from xl_pricing.cli.pricing import cost, credits, explain, tokens  # noqa: A004 - a command's name
from xl_pricing.cli.rates import rates
from xl_pricing.cli.risk import risk
from xl_pricing.cli.sizes import size
from xl_pricing.cli.stage import stage
from xl_pricing.cli.template import template

COMMANDS = [
    *(cost, credits, tokens, explain, budget, size, buffer),
    *(levers, plans, risk, stage, bill),
    *(models, rates, template, excel, host, serve),
]


@click.group(cls=Main, commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(xl_pricing.__version__, message="xl-pricing %(version)s")
def main() -> None:
    """Say what GPT images will cost, before they are made."""
