"""Small files, small functions, a kernel that is read in one sitting."""

import source


def test_no_file_outgrows_400_lines():
    files = [f for f in source.SOURCE.rglob("*") if f.suffix in {".py", ".sql"} and "migrations" not in f.parts]
    big = {str(f.relative_to(source.SOURCE)): n for f in files if (n := len(f.read_text().splitlines())) > 400}
    assert big == {}


def test_no_function_outgrows_40_lines():
    long = [
        f"{file.relative_to(source.SOURCE)}:{node.lineno} {node.name}: {lines}"
        for file in source.python_files()
        for node in source.functions(file)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > 40
    ]
    assert long == []


def test_the_kernel_is_read_in_one_sitting():
    kernel = source.SOURCE / "kernel"
    code = sum(source.code_lines(f.read_text()) for f in kernel.glob("*.py"))
    statements = sum(
        1 for f in kernel.rglob("*.sql") for line in f.read_text().splitlines() if line.strip() and line[:2] != "--"
    )
    assert code + statements <= 1000
