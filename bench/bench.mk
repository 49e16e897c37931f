# Included by the Makefile: measurements beside the peers; results go to bench/RESULTS.md.

.PHONY: bench bench-quick bench-start bench-worst bench-price password-rule

bench: .venv/run.stamp ## Measure everything beside the peers, into bench/RESULTS.md (some 20 minutes)
	@$(BIN)/python -m bench

bench-quick: .venv/run.stamp ## Print the ratios to the peers as one line of JSON (90 seconds)
	@$(BIN)/python -m bench quick

bench-start: .venv/run.stamp ## Print how long a start takes and the idle server's memory as one line of JSON
	@$(BIN)/python -m bench start

bench-worst: .venv/run.stamp ## Search for the most expensive document that is accepted, and print it as one line of JSON (3 minutes)
	@$(BIN)/python -m bench worst

bench-price: .venv/run.stamp ## Measure what each optimization saves; valgrind and strace are needed (40 minutes)
	@$(BIN)/python -m bench.price

password-rule: .venv/run.stamp ## Measure which passphrases and passwords the rule on personal words refuses, into docs/password-rule.md (2 minutes)
	@$(BIN)/python -m bench.password_rule
