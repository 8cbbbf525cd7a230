// Package config stands in for gitleaks' own, with the fields that its rules set.
package config

import (
	"regexp"
	"strings"
)

type Rule struct {
	RuleID        string
	Description   string
	Entropy       float64
	SecretGroup   int
	Regex         *regexp.Regexp
	Path          *regexp.Regexp
	Tags          []string
	Keywords      []string
	Allowlists    []*Allowlist
	RequiredRules []*Required
	SkipReport    bool
}

type Required struct {
	RuleID        string
	WithinLines   *int
	WithinColumns *int
}

type AllowlistMatchCondition int

const (
	AllowlistMatchOr AllowlistMatchCondition = iota
	AllowlistMatchAnd
)

type Allowlist struct {
	Description    string
	MatchCondition AllowlistMatchCondition
	Commits        []string
	Paths          []*regexp.Regexp
	RegexTarget    string
	Regexes        []*regexp.Regexp
	StopWords      []string
}

func (a *Allowlist) ContainsStopWord(s string) (bool, string) {
	low := strings.ToLower(s)
	for _, word := range a.StopWords {
		if strings.Contains(low, strings.ToLower(word)) {
			return true, word
		}
	}
	return false, ""
}
