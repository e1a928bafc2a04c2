"""Benchmarks: commands to be run by hand, none of them collected by pytest.

    python -m tests.benchmarks            requests a second, against a bare handler and rivals
    python -m tests.benchmarks.latency    tail latency at a fixed rate
    python -m tests.benchmarks.late       what a late push costs, and how punctual its
                                          acknowledgement is
    python -m tests.benchmarks.stores     what the store costs, in one process and in two
    python -m tests.benchmarks.menus      time to check and to plan 500 conditional menus
    python -m tests.benchmarks.memory     what two hundred thousand pushes leave behind
    python -m tests.benchmarks.imports    time of `import wxevents`
    python -m tests.benchmarks.profile    where the time of one push goes

The rivals are in requirements.txt beside this file; whoever is missing is left out with a word.
"""
