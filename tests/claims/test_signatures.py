from __future__ import annotations

import pytest

from sous.bundle.readers import PackedFile
from sous.claims.signatures import Signature, parameters
from sous.claims.source import LineSpan, Source

CODE = {
    "a.go": "func (p *Pool) GetN(n int) [][]byte {",
    "a.py": "def search(self, text, pos=0, *, flags: int = 0) -> Result:",
    "c.py": "class Draw(Base):",
    "b.py": "def draw(item, *shapes):",
    "a.rs": "pub fn stats<A>(&mut self, paths: &[A], ignored: &[&str], by: HashMap<K, V>) -> u64 {",
    "a.ts": "const load = async (path: string, opts?: { deep: boolean, max: number }) => {",
}


def source(name: str) -> Source:
    return Source(PackedFile(name, CODE[name]), None)


@pytest.mark.parametrize(
    ("path", "said", "differs"),
    [
        ("a.go", "Pool.GetN(ctx context.Context, n int) ([][]byte, error)", True),
        ("a.go", "Pool.GetN(n int) [][]byte", False),
        ("a.go", "GetN(a, b)", True),
        ("a.py", "search(text, pos, flags, more)", True),
        ("a.py", "search(text)", False),
        ("a.py", "search(text, f(1, 2), 3, 4)", False),
        ("c.py", "Draw(one, two)", False),
        ("b.py", "draw(item, one, two)", False),
        ("a.rs", "Stats::stats(&mut self, paths: &[A], by: HashMap<K, V>)", True),
        ("a.rs", "stats(&mut self, paths: &[A], ignored: &[&str], by: HashMap<K, V>)", False),
        ("a.ts", "load(path: string, opts: object)", False),
        ("a.ts", "load(path: string)", True),
        ("a.ts", "load(", False),
        ("a.ts", "load it", False),
    ],
)
def test_other_parameters_are_told(path: str, said: str, differs: bool) -> None:
    assert Signature(said).differs(source(path), LineSpan(0, 0)) is differs


def test_commas_in_inner_brackets_part_nothing() -> None:
    assert parameters("f(a: (b, c), d: Map<e, f>) -> g", 2) == ["a: (b, c)", "d: Map<e, f>"]
    assert parameters("f(a, (b)", 2) is None
