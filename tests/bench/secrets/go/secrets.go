// Package secrets makes a text that a pattern matches, the same ones in each run.
package secrets

import (
	"math/rand"
	"regexp/syntax"
	"strings"
)

var random = rand.New(rand.NewSource(7))

func NewSecret(pattern string) string {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		panic(err)
	}
	var out strings.Builder
	write(&out, parsed)
	return out.String()
}

func write(out *strings.Builder, node *syntax.Regexp) {
	switch node.Op {
	case syntax.OpLiteral:
		for _, one := range node.Rune {
			out.WriteRune(one)
		}
	case syntax.OpCharClass:
		out.WriteRune(oneOf(node.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		out.WriteRune(rune(33 + random.Intn(94)))
	case syntax.OpAlternate:
		write(out, node.Sub[random.Intn(len(node.Sub))])
	case syntax.OpConcat, syntax.OpCapture:
		for _, one := range node.Sub {
			write(out, one)
		}
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		least, most := node.Min, node.Max
		switch node.Op {
		case syntax.OpStar, syntax.OpQuest:
			least, most = 0, 1
		case syntax.OpPlus:
			least, most = 1, 1
		}
		if most < 0 {
			most = least + 1
		}
		for i := least + random.Intn(most-least+1); i > 0; i-- {
			write(out, node.Sub[0])
		}
	}
}

func oneOf(ranges []rune) rune {
	total := 0
	for i := 0; i < len(ranges); i += 2 {
		total += int(min(ranges[i+1], 126)-ranges[i]) + 1
	}
	at := random.Intn(total)
	for i := 0; i < len(ranges); i += 2 {
		size := int(min(ranges[i+1], 126)-ranges[i]) + 1
		if at < size {
			return ranges[i] + rune(at)
		}
		at -= size
	}
	panic("no character")
}

func min(a, b rune) rune {
	if a < b {
		return a
	}
	return b
}
