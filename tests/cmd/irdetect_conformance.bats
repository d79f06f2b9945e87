#!/usr/bin/env bats
# What the Sigma specification (2.1) says, a line for each sentence.  See tests/rules/table.py.

bats_require_minimum_version 1.5.0

setup() {
	D=$BATS_TEST_TMPDIR
	T=$BATS_TEST_DIRNAME/../rules/table.py
}

# table OPTIONS...: stdin holds
table() {
	run python3 "$T" "$BIN" "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "values: case, wholeness, wildcards and their escapes" {
	table <<-'EOF'
	# values are compared whole, and letters whatever their case
	sel: {f: abc} ## {"f":"abc"} ## {"f":"ABC"} ## !{"f":"abcd"} ## !{"f":"xabc"} ## !{"g":"abc"} ## !{}
	sel: {f: 'a*c'} ## {"f":"ac"} ## {"f":"a\nb\nc"} ## !{"f":"acd"}
	sel: {f: 'a?c'} ## {"f":"abc"} ## {"f":"aüc"} ## !{"f":"ac"} ## !{"f":"abbc"}
	sel: {f: '*b*'} ## {"f":"abc"} ## {"f":"b"} ## !{"f":"ac"}
	sel: {f: 'a\*c'} ## {"f":"a*c"} ## !{"f":"abc"} ## !{"f":"a\\*c"}
	sel: {f: 'a\?c'} ## {"f":"a?c"} ## !{"f":"abc"}
	sel: {f: 'a\\*c'} ## {"f":"a\\c"} ## {"f":"a\\bc"} ## !{"f":"a*c"}
	sel: {f: 'a\\\*c'} ## {"f":"a\\*c"} ## !{"f":"a\\bc"}
	# a backslash before an ordinary character stands for itself; so do two
	sel: {f: 'C:\x\y'} ## {"f":"c:\\x\\y"} ## !{"f":"c:xy"}
	sel: {f: 'C:\\x'} ## {"f":"c:\\x"}
	sel: {f: '\\\\host\share'} ## {"f":"\\\\host\\share"} ## !{"f":"\\host\\share"}
	sel: {f: 'dir\'} ## {"f":"dir\\"} ## !{"f":"dir"}
	sel: {f|contains: '\*'} ## {"f":"a*b"} ## !{"f":"ab"}
	# folding is Unicode's
	sel: {f: 'Straße ÄÖ'} ## {"f":"STRAßE äö"} ## !{"f":"strase äö"}
	sel: {f: 'ПРИВЕТ'} ## {"f":"привет"}
	sel: {f|contains: 'Σ'} ## {"f":"xσy"}
	sel: {f|startswith: 'Ωmega'} ## {"f":"ωMEGA one"}
	EOF
}

@test "lists, maps, numbers and arrays" {
	table <<-'EOF'
	sel: {f: [a, b]} ## {"f":"a"} ## {"f":"B"} ## !{"f":"c"}
	sel: {f: a, g: b} ## {"f":"a","g":"b"} ## !{"f":"a"} ## !{"g":"b"}
	sel: [{f: a}, {g: b, h: c}] ## {"f":"a"} ## {"g":"b","h":"c"} ## !{"g":"b"}
	# numbers and their text are the same, and true and false are text
	sel: {f: 1} ## {"f":1} ## {"f":"1"} ## !{"f":"01"} ## !{"f":10}
	sel: {f: '1'} ## {"f":1}
	sel: {f: true} ## {"f":true} ## {"f":"True"} ## !{"f":false}
	sel: {f: 'false'} ## {"f":false}
	sel: {f: 0x3e7} ## !{"f":999} ## {"f":"0x3E7"}
	# of an array any element will do
	sel: {f: b} ## {"f":["a","b"]} ## !{"f":["a","bc"]} ## !{"f":[]}
	sel: {f|contains|all: [a, b]} ## {"f":"xaxb"} ## !{"f":"xa"}
	sel: {f|gt: 5} ## {"f":[1,9]} ## !{"f":[1,2]}
	sel: {a.b: c} ## {"a":{"b":"c"}} ## {"a.b":"c"} ## !{"a":"c"}
	EOF
}

@test "null, empty, exists" {
	table <<-'EOF'
	sel: {f: null} ## {} ## {"f":null} ## !{"f":""} ## !{"f":"x"} ## !{"f":0}
	sel: {f: ''} ## {"f":""} ## !{} ## !{"f":" "}
	sel: {f: null} => not sel ## {"f":"x"} ## {"f":""} ## !{}
	sel: {f: ''} => not sel ## {"f":"x"} ## {}
	sel: {f|exists: true} ## {"f":"x"} ## {"f":""} ## {"f":0} ## !{"g":1}
	sel: {f|exists: false} ## {"g":1} ## !{"f":"x"} ## !{"f":""}
	sel: {f: '*'} ## {"f":"x"} ## !{}
	EOF
}

@test "string modifiers" {
	table <<-'EOF'
	sel: {f|contains: b} ## {"f":"abc"} ## !{"f":"ac"}
	sel: {f|startswith: a} ## {"f":"ABC"} ## !{"f":"ba"}
	sel: {f|endswith: [c, d]} ## {"f":"ABC"} ## !{"f":"ce"}
	sel: {f|contains: 'a*c'} ## {"f":"xabbcx"} ## !{"f":"xcax"}
	sel: {f|cased: Ab} ## {"f":"Ab"} ## !{"f":"ab"}
	sel: {f|contains|cased: Ab} ## {"f":"xAbx"} ## !{"f":"xabx"}
	sel: {f|cased|endswith: ['.EXE']} ## {"f":"x.EXE"} ## !{"f":"x.exe"}
	sel: {f|neq: a} ## {"f":"b"} ## {} ## !{"f":"A"}
	sel: {f|neq: [a, b]} ## {"f":"c"} ## !{"f":"a"} ## !{"f":"b"}
	sel: {f|contains|neq: a} ## {"f":"b"} ## !{"f":"xax"}
	sel: {f|windash: ' -x'} ## {"f":" -x"} ## {"f":" /x"} ## {"f":" –x"} ## {"f":" —x"} ## {"f":" ―x"} ## !{"f":" +x"}
	sel: {f|contains|windash: ' /x'} ## {"f":"a -x b"} ## {"f":"a /x b"}
	sel: {f|windash|contains: ' -a -b'} ## {"f":"x /a -b"} ## {"f":"x -a /b"} ## !{"f":"x a b"}
	sel: {f|windash|contains|all: [' -a', ' -b']} ## {"f":"x /b /a"} ## !{"f":"x /a"}
	sel: {f|windash|contains: 'en-us -x'} ## {"f":"en-us /x"}
	EOF
}

@test "numbers compare as numbers" {
	table <<-'EOF'
	sel: {f|lt: 5} ## {"f":4} ## {"f":"4.9"} ## {"f":-7} ## !{"f":5} ## !{"f":"x"} ## !{}
	sel: {f|lte: 5} ## {"f":5} ## {"f":"5.0"} ## !{"f":5.01}
	sel: {f|gt: 5} ## {"f":10} ## {"f":"1e2"} ## !{"f":5} ## !{"f":"five"}
	sel: {f|gte: -1.5} ## {"f":-1.5} ## {"f":0} ## !{"f":-2}
	sel: {f|gte: 2, f|lt: 4} ## {"f":2} ## {"f":3} ## !{"f":4} ## !{"f":1}
	sel: {f|gt: 9007199254740991} ## {"f":9007199254740993} ## !{"f":5}
	EOF
}

@test "regular expressions" {
	table <<-'EOF'
	# unanchored, and case counts unless told otherwise
	sel: {f|re: 'a.c'} ## {"f":"xabcx"} ## !{"f":"xABCx"} ## !{"f":"ac"}
	sel: {f|re: '^a+$'} ## {"f":"aaa"} ## !{"f":"aab"}
	sel: {f|re|i: 'a.c'} ## {"f":"xABCx"}
	sel: {f|re|m: '^b$'} ## {"f":"a\nb\nc"} ## !{"f":"a b c"}
	sel: {f|re: '^b$'} ## !{"f":"a\nb\nc"}
	sel: {f|re|s: 'a.c'} ## {"f":"a\nc"}
	sel: {f|re: 'a.c'} ## !{"f":"a\nc"}
	sel: {f|re|i|m|s: '^b.c$'} ## {"f":"a\nB\nC"}
	sel: {f|re: ['a{2}', 'b|c']} ## {"f":"aa"} ## {"f":"c"} ## !{"f":"ad"}
	sel: {f|re: '\d{3}-\w+\b'} ## {"f":"x 123-ab y"} ## !{"f":"12-ab"}
	sel: {f|re: 'a\\b'} ## {"f":"a\\b"} ## !{"f":"ab"}
	sel: {f|re: 'a\*c'} ## {"f":"a*c"} ## !{"f":"aac"}
	sel: {f|re|all: [a, b]} ## {"f":"xbxa"} ## !{"f":"a"}
	EOF
}

@test "encodings" {
	table <<-'EOF'
	sel: {f|base64: foobar} ## {"f":"Zm9vYmFy"} ## !{"f":"Zm9vYmF6"} ## !{"f":"foobar"}
	sel: {f|base64|contains: foobar} ## {"f":"x Zm9vYmFy y"} ## !{"f":"eGZvb2JhciE="}
	sel: {f|base64offset|contains: foobar} ## {"f":"Zm9vYmFy"} ## {"f":"eGZvb2JhciE="} ## {"f":"eHlmb29iYXIhIQ=="} ## !{"f":"Zm9vYmF6"}
	sel: {f|wide|base64offset|contains: ping} ## {"f":"cABpAG4AZwA="} ## {"f":"QQBCAHAAaQBuAGcA"} ## !{"f":"cGluZw=="}
	sel: {f|utf16le|base64offset|contains: ping} ## {"f":"cABpAG4AZwA="}
	sel: {f|utf16be|base64offset|contains: ping} ## {"f":"AHAAaQBuAGc="} ## !{"f":"cABpAG4AZwA="}
	sel: {f|utf16|base64: ping} ## {"f":"//5wAGkAbgBnAA=="}
	EOF
}

@test "addresses in networks" {
	table <<-'EOF'
	sel: {f|cidr: 192.0.2.0/24} ## {"f":"192.0.2.7"} ## !{"f":"192.0.3.7"} ## !{"f":"no address"} ## !{}
	sel: {f|cidr: [192.0.2.0/25, 198.51.100.7/32]} ## {"f":"198.51.100.7"} ## !{"f":"192.0.2.200"}
	sel: {f|cidr: '2001:db8::/32'} ## {"f":"2001:db8::1"} ## {"f":"2001:DB8:0:0:1:2:3:4"} ## !{"f":"2001:db9::1"} ## !{"f":"192.0.2.1"}
	sel: {f|cidr: '::1/128'} ## {"f":"::1"} ## {"f":"0:0:0:0:0:0:0:1"}
	sel: {f|cidr: 0.0.0.0/0} ## {"f":"203.0.113.1"} ## !{"f":"::1"}
	EOF
}

@test "other fields, and placeholders" {
	printf 'admins: [alice, bob]\nservers:\n- web01\n- db0*\n' >"$D/lists.yml"
	table --lists "$D/lists.yml" <<-'EOF'
	sel: {f|fieldref: g} ## {"f":"a","g":"a"} ## {"f":"a","g":"A"} ## !{"f":"a","g":"b"} ## !{"f":"a"}
	sel: {f|fieldref|startswith: g} ## {"f":"abc","g":"ab"} ## !{"f":"abc","g":"bc"}
	sel: {f|fieldref|endswith: g} ## {"f":"abc","g":"bc"} ## !{"f":"abc","g":"ab"}
	sel: {f|fieldref|contains: g} ## {"f":"abc","g":"b"} ## !{"f":"abc","g":"x"}
	sel: {f|fieldref|neq: g} ## {"f":"a","g":"b"} ## !{"f":"a","g":"a"}
	sel: {f|expand: '%admins%'} ## {"f":"alice"} ## {"f":"BOB"} ## !{"f":"eve"} ## !{"f":"%admins%"}
	sel: {f|expand: 'x-%servers%'} ## {"f":"x-web01"} ## {"f":"x-db07"} ## !{"f":"web01"}
	sel: {f|contains|expand: '%admins%'} ## {"f":"the bob"}
	# without the modifier a percent sign is one
	sel: {f: '%admins%'} ## {"f":"%admins%"} ## !{"f":"alice"}
	EOF
}

@test "parts of times" {
	table <<-'EOF'
	sel: {t|minute: 5} ## {"t":"2026-11-24T07:05:09Z"} ## !{"t":"2026-11-24T07:06:09Z"}
	# as it is written, whatever the zone
	sel: {t|hour: 7} ## {"t":"2026-11-24T07:05:09Z"} ## {"t":"2026-11-24T07:05:09+02:00"} ## !{"t":"2026-11-24T08:05:09Z"}
	sel: {t|day: 24} ## {"t":"2026-11-24T07:05:09Z"} ## !{"t":"2026-11-25T07:05:09Z"}
	sel: {t|week: 48} ## {"t":"2026-11-24T07:05:09Z"} ## !{"t":"2026-11-30T07:05:09Z"}
	sel: {t|month: 11} ## {"t":"2026-11-24T07:05:09Z"} ## !{"t":"2026-12-24T07:05:09Z"}
	sel: {t|year: 2026} ## {"t":"2026-11-24T07:05:09Z"} ## !{"t":"2025-11-24T07:05:09Z"}
	sel: {t|hour: [22, 23, 0]} ## {"t":"2026-11-24T23:05:09.123Z"} ## !{"t":"2026-11-24T12:00:00Z"}
	sel: {t|hour|gte: 22} ## {"t":"2026-11-24T23:05:09Z"} ## !{"t":"2026-11-24T12:00:00Z"}
	sel: {t|gte|hour: 22} ## {"t":"2026-11-24T23:05:09Z"} ## !{"t":"2026-11-24T12:00:00Z"}
	sel: {t|hour|lt: 6} ## {"t":"2026-11-24T05:59:59Z"} ## !{"t":"2026-11-24T06:00:00Z"}
	sel: {t|hour: 7} ## !{"t":"no time"} ## !{}
	EOF
}

@test "keywords" {
	table <<-'EOF'
	sel: [evil, worse] ## {"f":"so evil"} ## {"a":{"b":"WORSE"}} ## {"f":["x","evil"]} ## !{"f":"fine"}
	sel: {'|all': [evil, worse]} ## {"f":"evil","g":"worse"} ## {"f":"evil worse"} ## !{"f":"evil"}
	sel: [4711] ## {"f":"id 4711"} ## {"f":4711} ## !{"f":471}
	sel: ['e?il', 'w*e'] ## {"f":"evil"} ## {"f":"wrote"} ## !{"f":"x"}
	sel: {'|re': 'e[vw]il$'} ## {"f":"so ewil"} ## !{"f":"ewils"}
	EOF
}

@test "conditions" {
	table <<-'EOF'
	a: {f: 1}, b: {g: 1} => a and b ## {"f":1,"g":1} ## !{"f":1}
	a: {f: 1}, b: {g: 1} => a or b ## {"g":1} ## !{"h":1}
	a: {f: 1}, b: {g: 1} => a and not b ## {"f":1} ## !{"f":1,"g":1}
	# or binds least, then and, then not
	a: {f: 1}, b: {g: 1}, c: {h: 1} => a or b and c ## {"f":1} ## {"g":1,"h":1} ## !{"g":1}
	a: {f: 1}, b: {g: 1}, c: {h: 1} => (a or b) and c ## {"f":1,"h":1} ## !{"f":1}
	a: {f: 1}, b: {g: 1} => not a and b ## {"g":1} ## !{"f":1,"g":1} ## !{}
	a: {f: 1}, b: {g: 1} => not (a and b) ## {"f":1} ## !{"f":1,"g":1}
	a: {f: 1}, b: {g: 1} => NOT a AND b ## {"g":1} ## !{"f":1,"g":1}
	s_1: {f: 1}, s_2: {g: 1}, o: {h: 1} => 1 of s_* ## {"f":1} ## {"g":1} ## !{"h":1}
	s_1: {f: 1}, s_2: {g: 1}, o: {h: 1} => all of s_* ## {"f":1,"g":1} ## !{"f":1}
	s_1: {f: 1}, s_2: {g: 1}, o: {h: 1} => all of s_* and not o ## {"f":1,"g":1} ## !{"f":1,"g":1,"h":1}
	s_1: {f: 1}, s_2: {g: 1} => not 1 of s_* ## {"h":1} ## !{"f":1}
	s_1: {f: 1}, s_2: {g: 1} => not all of s_* ## {"f":1} ## !{"f":1,"g":1}
	s_1_x: {f: 1}, s_2_x: {g: 1} => 1 of s_*_x ## {"g":1}
	s_1: {f: 1}, s_2: {g: 1} => any of s_* ## {"g":1} ## !{"h":1}
	EOF
}

# rules DOCUMENTS: the file; hits EVENT...: the titles that fire, sorted
rules() { cat >"$D/r.yml"; }
hits() {
	printf '%s\n' "$@" | "$BIN/irdetect" -r "$D/r.yml" | jq -r '."rule.name"' | sort | tr '\n' ' '
}

@test "them, and what begins with an underscore" {
	rules <<-'EOF'
	title: all
	id: 00000000-0000-4000-8000-000000000001
	logsource: {product: p}
	detection: {a: {f: 1}, b: {g: 1}, _c: {h: 1}, condition: all of them}
	---
	title: one
	id: 00000000-0000-4000-8000-000000000002
	logsource: {product: p}
	detection: {a: {f: 1}, b: {g: 1}, _c: {h: 1}, condition: 1 of them}
	EOF
	[ "$(hits '{"f":1,"g":1}')" = "all one " ]
	[ "$(hits '{"g":1}')" = "one " ]
	[ "$(hits '{"h":1}')" = "" ]
}

@test "several documents in a file, and a list of conditions" {
	rules <<-'EOF'
	title: list
	id: 00000000-0000-4000-8000-000000000001
	logsource: {product: p}
	detection:
	  a: {f: 1}
	  b: {g: 1}
	  condition:
	  - a
	  - b
	---
	title: second
	id: 00000000-0000-4000-8000-000000000002
	logsource: {product: p}
	custom: {any: [thing]}
	detection: {a: {g: 1}, condition: a}
	EOF
	[ "$(hits '{"f":1}')" = "list " ]
	[ "$(hits '{"g":1}')" = "list second " ]
}

@test "filters narrow the rules they name, by id or name, and those only" {
	rules <<-'EOF'
	title: one
	id: 00000000-0000-4000-8000-000000000001
	name: first
	logsource: {product: p}
	detection: {sel: {f: 1}, condition: 1 of sel*}
	---
	title: two
	id: 00000000-0000-4000-8000-000000000002
	logsource: {product: p}
	detection: {sel: {f: 1}, condition: all of them}
	---
	title: three
	id: 00000000-0000-4000-8000-000000000003
	logsource: {product: p}
	detection: {sel: {f: 1}, condition: sel}
	---
	title: not on test machines
	id: 00000000-0000-4000-8000-000000000004
	logsource: {product: p}
	filter:
	  rules: [first, 00000000-0000-4000-8000-000000000002]
	  sel: {host: test}
	  condition: not sel
	EOF
	[ "$(hits '{"f":1}')" = "one three two " ]
	[ "$(hits '{"f":1,"host":"test"}')" = "three " ]
	# its selections are its own: the rule's "all of them" does not see them
	[ "$(hits '{"f":1,"host":"prod"}')" = "one three two " ]
}

@test "a filter of another logsource changes nothing; 'any' is for all" {
	rules <<-'EOF'
	title: one
	id: 00000000-0000-4000-8000-000000000001
	logsource: {product: p}
	detection: {sel: {f: 1}, condition: sel}
	---
	title: elsewhere
	id: 00000000-0000-4000-8000-000000000004
	logsource: {product: q}
	filter: {rules: any, sel: {host: test}, condition: not sel}
	EOF
	[ "$(hits '{"f":1,"host":"test"}')" = "one " ]
	sed -i 's/product: q/product: p/' "$D/r.yml"
	[ "$(hits '{"f":1,"host":"test"}')" = "" ]
	[ "$(hits '{"f":1,"host":"prod"}')" = "one " ]
}

# refuse DETECTION WORD...: refused, the message has the file, the rule's id and the words
refuse() {
	printf 'title: R\nid: 00000000-0000-4000-8000-000000000009\nlogsource: {product: p}\ndetection: {%s}\n' "$1" >"$D/bad.yml"
	run "$BIN/irdetect" -r "$D/bad.yml" /dev/null
	echo "$1: $output"
	[ "$status" -eq 2 ]
	[[ $output == *bad.yml:* ]]
	[[ $output == *00000000-0000-4000-8000-000000000009* ]]
	[[ $output == *"$2"* ]]
}

@test "what cannot be done is refused, by file, line and rule" {
	refuse 'sel: {f|sounds: x}, condition: sel' "sounds"
	refuse 'sel: {f: x}, condition: other' "other"
	refuse 'sel: {f: x}, condition: sel | count() > 5' ""
	refuse 'sel: {f: x}, condition: (sel' ""
	refuse 'sel: {f: x}, condition: ""' ""
	refuse 'sel: {f|expand: "%nobody%"}, condition: sel' "nobody"
	refuse 'sel: {f|re: "(a"}, condition: sel' ""
	refuse 'sel: {f|cidr: "300.1.1.1/8"}, condition: sel' ""
	refuse 'sel: {f|gt: many}, condition: sel' ""
	refuse 'sel: {f|exists: maybe}, condition: sel' "exists"
	refuse 'sel: {f|base64: "a*"}, condition: sel' ""
	refuse 'sel: {f: x}' "condition"
}
