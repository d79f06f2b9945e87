# What an event lacks of what its class and its objects require, a line each.
def has_one($names): . as $o | any($names | split(" ")[]; . as $n | $o | has($n));

def objects($need):
  to_entries[] | .key as $k
  | (if .value | type == "array" then .value[] else .value end)
  | if type == "object"
    then (. as $o | ($need.object[$k] // [])[] | . as $n
          | select($o | has_one($n) | not) | "\($k) lacks \($n)"),
         objects($need)
    else empty end;

$need[0] as $need | . as $e
| (.class_uid | tostring) as $c
| ($need.event[], ($need.class[$c] // ["no such class"])[] | . as $n
   | select($e | has_one($n) | not) | "class \($c) lacks \($n)"),
  (select($need.category[$c] != .category_uid) | "class \($c) in category \(.category_uid)"),
  (select(.type_uid != .class_uid * 100 + .activity_id) | "type_uid \(.type_uid)"),
  (del(.unmapped) | objects($need)),
  (del(.unmapped) | [paths] | .[] as $p | select($p[-1] as $l | $need.integer | index($l))
   | . as $q | $e | getpath($p) | select(type != "number" or . != floor) | "\($p | map(tostring) | join(".")) is \(.)")
