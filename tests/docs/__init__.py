"""The documentation, held against what it documents: every code block of every page.

What the blocks mean is the same on all pages:

- A block with `:caption: handlers/music.py` is a file of the reader's project, written whole at
  that path, in place of an earlier one. A caption that begins with `/` or `~` is a file elsewhere.
- A `python` block without a caption is a snippet. All snippets of a page, in their order, are one
  module; one with `:name: alternative-…` is a module of its own. Together with the files of the
  page they pass `mypy --strict`, and each module is imported.
- A `py` block is Python of other libraries: only its syntax is checked.
- In a `console` block, lines that begin with `$ ` are run, one after the other, in the page's
  folder; a line that ends with `\\` goes on in the next. The lines behind a command are what it
  prints: `…` stands for anything, alone on a line for any lines. Without such lines the output is
  not looked at. The exit code has to be 0; with `:class: exit-3` that of the block's last command
  has to be 3.
- `wxevents dev`, `run` and `emulate`, and the last command of a block with `:class: server`, run
  beside the others until the session ends, or until a line `^C` ends the one that was started last.
  What is shown of them is awaited. They get SIGINT, and have to exit with 0.
- A `text` block with `:class: printed` is what the server that was started last prints by then. It
  is awaited; `…` stands for anything, as in a `console` block.
- `:class: elsewhere` marks what cannot be run here (a proxy, a server of the reader's, the console
  of the platform): its syntax is checked, and that the options of `wxevents …` in it exist.
- The other languages are read by a parser of that language. `wxevents.toml` and `.env` have to hold
  settings that fit, XML a push or an answer.

The pages of the tutorial are one session: folder, virtual environment and servers go on from page
to page. It begins in a folder that holds a copy of this checkout with the name `wxevents`, in an
environment that has nothing of it. Every other page is a session of its own, in an empty folder,
with what the tests have installed; what a page installs with pip goes into an environment of the
tests.

Servers listen at the ports that the pages show, 8080, 8081 and 8090: the sessions are run one at a
time, whatever pytest does with them, and fail where another program has the ports.

The generated parts of the reference are read like everything else on its pages; test_reference.py
holds them against the code.

Only the English pages are run. The Chinese ones have the same blocks but for comments, and for
texts for people in Python.
"""
