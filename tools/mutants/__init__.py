"""Mutation testing of the search and what keeps its runs: change one line at a time, and see whether a test notices.

python -m tools.mutants --sample 200        a sample that is the same every time
python -m tools.mutants png schedule        two rooms, every mutant
"""
