// Package regexp stands in for gitleaks' own.
package regexp

import re "regexp"

type Regexp = re.Regexp

func MustCompile(str string) *re.Regexp { return re.MustCompile(str) }
