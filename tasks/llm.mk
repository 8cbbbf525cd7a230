# The LLM tasks of sous for make. Made from src/sous/tasks.py; do not edit.
# Use: `include $(shell sous tasks --make)`, then `make llm-code-review LLM_ARGS="-m gpt-5.6-luna"`.
LLM_SOUS ?= sous
LLM_PACKER ?= $(LLM_SOUS) bundle --project
LLM_ARGS ?=

.PHONY: llm-bundle llm-clean-bundles llm-copy-buffer llm-code-review llm-security-review llm-github-issues llm-issue-prompts llm-missing-tests llm-readme llm-all llm-hone llm-plan llm-todo llm-next-step llm-run llm-next-item llm-post-issues llm-run-items llm-claim llm-land llm-board llm-sync

# Pack the project into output.txt (yours to override)
llm-bundle:
	$(LLM_PACKER)

# Delete the bundles, then pack afresh
llm-clean-bundles:
	$(LLM_SOUS) clean
	$(LLM_PACKER)

# Copy output.txt to the clipboard
llm-copy-buffer:
	$(LLM_SOUS) copy-buffer $(LLM_ARGS)

# Write a code review: code-review.md
llm-code-review: llm-bundle
	$(LLM_SOUS) code-review --no-pack $(LLM_ARGS)

# Write a security review, by a model only: security-review.md
llm-security-review: llm-bundle
	$(LLM_SOUS) security-review --no-pack $(LLM_ARGS)

# Write the top issues, ready for GitHub: issues.md
llm-github-issues: llm-bundle
	$(LLM_SOUS) github-issues --no-pack $(LLM_ARGS)

# Write one prompt for each issue, for a coding agent: issue-prompts.md
llm-issue-prompts: llm-bundle
	$(LLM_SOUS) issue-prompts --no-pack $(LLM_ARGS)

# Write the tests that are missing: missing-tests.md
llm-missing-tests: llm-bundle
	$(LLM_SOUS) missing-tests --no-pack $(LLM_ARGS)

# Write or renew README.md
llm-readme: llm-bundle
	$(LLM_SOUS) readme --no-pack $(LLM_ARGS)

# Write all five reports from one bundle
llm-all: llm-bundle
	$(LLM_SOUS) all --no-pack $(LLM_ARGS)

# Hone an idea into spec.md, one question at a time
llm-hone:
	$(LLM_SOUS) hone $(LLM_ARGS)

# Turn spec.md into prompt_plan.md
llm-plan:
	$(LLM_SOUS) plan $(LLM_ARGS)

# Make todo.md from the plan, ticks kept
llm-todo:
	$(LLM_SOUS) todo $(LLM_ARGS)

# Print the prompt of the next open step
llm-next-step:
	$(LLM_SOUS) next $(LLM_ARGS)

# Have an agent carry out the plan
llm-run:
	$(LLM_SOUS) run $(LLM_ARGS)

# Print the next open item of the newest report
llm-next-item:
	$(LLM_SOUS) items next $(LLM_ARGS)

# Post issues.md to GitHub
llm-post-issues:
	$(LLM_SOUS) post $(LLM_ARGS)

# Have an agent carry out the items of a report
llm-run-items:
	$(LLM_SOUS) run --items $(LLM_ARGS)

# Claim a step of the team's plan, print its prompt
llm-claim:
	$(LLM_SOUS) claim $(LLM_ARGS)

# Put a step's commits onto the team's branch, tested
llm-land:
	$(LLM_SOUS) land $(LLM_ARGS)

# Show who works on what
llm-board:
	$(LLM_SOUS) board $(LLM_ARGS)

# Bring todo.md and what the team landed together
llm-sync:
	$(LLM_SOUS) sync $(LLM_ARGS)

# A plain `make` still means the first target of the file that includes this one.
ifeq ($(.DEFAULT_GOAL),llm-bundle)
.DEFAULT_GOAL :=
endif
