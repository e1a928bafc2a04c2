"""Benchmarks: commands to be run by hand, none of them collected by pytest.

    python -m tests.benchmarks            requests a second, against a bare handler and rivals
    python -m tests.benchmarks.latency    tail latency at a fixed rate
    python -m tests.benchmarks.memory     what two hundred thousand pushes leave behind
    python -m tests.benchmarks.imports    time of `import wxevents`
    python -m tests.benchmarks.profile    where the time of one push goes

The rivals are in requirements.txt beside this file; whoever is missing is left out with a word.
"""
