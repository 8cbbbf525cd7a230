package utils

import (
	"encoding/json"
	"math"
	"os"
	"sort"
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"
)

// Line is one input of a rule: what its pattern takes for the secret is "" where there is none.
type Line struct {
	Rule, Path, Text, Secret, Other string
	IsSecret                        bool
}

var (
	lines []Line
	rules []config.Rule
)

func Validate(rule config.Rule, positives []string, negatives []string) *config.Rule {
	rules = append(rules, rule)
	for _, text := range positives {
		put(rule, "", text, true)
	}
	for _, text := range negatives {
		put(rule, "", text, false)
	}
	return &rule
}

func ValidateWithPaths(rule config.Rule, positives map[string]string, negatives map[string]string) *config.Rule {
	rules = append(rules, rule)
	for _, path := range sorted(positives) {
		put(rule, path, positives[path], true)
	}
	for _, path := range sorted(negatives) {
		put(rule, path, negatives[path], false)
	}
	return &rule
}

func put(rule config.Rule, path string, text string, isSecret bool) {
	secret := ""
	if isSecret && rule.Regex != nil {
		if groups := rule.Regex.FindStringSubmatch(text); groups != nil {
			secret = groups[rule.SecretGroup]
			for i := 1; rule.SecretGroup == 0 && i < len(groups); i++ {
				if groups[i] != "" {
					secret = groups[i]
					break
				}
			}
		}
	}
	lines = append(lines, Line{rule.RuleID, path, text, secret, "", isSecret})
}

// Finish writes all inputs; Other names another rule that reports an input which is none of its own rule's.
func Finish() {
	encoder := json.NewEncoder(os.Stdout)
	for _, line := range lines {
		for i := range rules {
			if !line.IsSecret && line.Other == "" && reports(&rules[i], line.Text) {
				line.Other = rules[i].RuleID
			}
		}
		if err := encoder.Encode(line); err != nil {
			panic(err)
		}
	}
}

func reports(rule *config.Rule, text string) bool {
	if rule.Regex == nil || rule.Path != nil || !hasKeyword(rule, text) {
		return false
	}
	for _, at := range rule.Regex.FindAllStringSubmatchIndex(text, -1) {
		secret, match := "", text[at[0]:at[1]]
		for i := 2; i < len(at) && secret == ""; i += 2 {
			if at[i] >= 0 {
				secret = text[at[i]:at[i+1]]
			}
		}
		if secret == "" {
			secret = match
		}
		first := strings.LastIndex(text[:at[0]], "\n") + 1
		last := len(text)
		if next := strings.Index(text[at[1]:], "\n"); next >= 0 {
			last = at[1] + next
		}
		if entropy(secret) > rule.Entropy && !isAllowed(rule, secret, match, text[first:last]) {
			return true
		}
	}
	return false
}

func hasKeyword(rule *config.Rule, text string) bool {
	low := strings.ToLower(text)
	for _, word := range rule.Keywords {
		if strings.Contains(low, strings.ToLower(word)) {
			return true
		}
	}
	return len(rule.Keywords) == 0
}

func isAllowed(rule *config.Rule, secret, match, line string) bool {
	for _, list := range rule.Allowlists {
		target := map[string]string{"": secret, "match": match, "line": line}[list.RegexTarget]
		for _, one := range list.Regexes {
			if len(list.Paths) == 0 && one.MatchString(target) {
				return true
			}
		}
		if found, _ := list.ContainsStopWord(secret); found {
			return true
		}
	}
	return false
}

func entropy(text string) float64 {
	counts := map[rune]float64{}
	for _, char := range text {
		counts[char]++
	}
	sum := 0.0
	for _, count := range counts {
		share := count / float64(len(text))
		sum -= share * math.Log2(share)
	}
	return sum
}

func sorted(texts map[string]string) []string {
	names := []string{}
	for name := range texts {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
