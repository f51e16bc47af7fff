"""The forms of pyxform's own tests as .xlsx, each with its cells as JSON: read here by openpyxl, so that the test that
imports them has a second opinion of what they hold.

usage: forms.py WHEELS OUT    WHEELS: a folder with the wheel of pyxform
"""

import ast
import hashlib
import io
import json
import pathlib
import sys
import zipfile

import openpyxl
import xlrd


def main(wheels, out):
    (wheel,) = wheels.glob("pyxform-*.whl")
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            path = pathlib.PurePosixPath(name)
            if path.suffix == ".xlsx":
                keep(out / f"{path.stem}.xlsx", archive.read(name))
            elif path.suffix == ".xls":
                keep(out / f"{path.stem}-xls.xlsx", modern(archive.read(name)))
            elif path.suffix == ".py" and "tests" in name:
                for table in tables(archive.read(name).decode()):
                    digest = hashlib.sha256(table.encode()).hexdigest()[:8]
                    keep(out / f"{path.stem}-{digest}.xlsx", drawn(table))


def keep(path, data):
    """Writes a workbook and, beside it, its cells: sheet -> row -> column's letter -> text."""
    path.write_bytes(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except Exception as error:  # pyxform keeps some files to see them refused
        print(f"{path.name}: {error}", file=sys.stderr)
        path.unlink()
        return
    sheets = {
        sheet.title: {
            str(cell[0].row): {c.column_letter: str(c.value).strip() for c in cell if str(c.value or "").strip()}
            for cell in sheet.iter_rows()
            if any(str(c.value or "").strip() for c in cell)
        }
        for sheet in book.worksheets
    }
    path.with_suffix(".json").write_text(json.dumps(sheets, ensure_ascii=False, indent=1))


def modern(data):
    """A workbook of Excel 97-2003 as .xlsx."""
    old = xlrd.open_workbook(file_contents=data)
    new = openpyxl.Workbook()
    new.remove(new.active)
    for sheet in old.sheets():
        copy = new.create_sheet(sheet.name)
        for row in range(sheet.nrows):
            for column in range(sheet.ncols):
                cell = sheet.cell(row, column)
                value = bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value
                if value != "":
                    copy.cell(row + 1, column + 1, value)
    return saved(new)


def tables(source):
    """The forms that tests write down as tables of bars."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == "md" and isinstance(node.value, ast.Constant):
            yield node.value.value


def drawn(table):
    """A table of bars as .xlsx: the first column names a sheet, which lasts until the next name."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheet = None
    for line in table.splitlines():
        line = line.strip()
        if not line.startswith("|"):
            continue
        line = line.strip("|").replace("\\|", "\0")
        name, *cells = [part.strip().replace("\0", "|") for part in line.split("|")]
        if name:
            sheet = book.create_sheet(name)
        if sheet is not None and any(cells):
            row = sheet.max_row + 1 if sheet._cells else 1
            for column, text in enumerate(cells, start=1):
                if text:
                    sheet.cell(row, column, text)
    if not book.worksheets:
        book.create_sheet("empty")
    return saved(book)


def saved(book):
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
