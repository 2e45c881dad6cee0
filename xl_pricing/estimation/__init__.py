"""Pure arithmetic of an estimate: sizes, tokens, cost, credits, budget. No files, no network."""
