# entities.awk -v n=ALERTS: alerts of a large network, for the speed and memory of ircorr.
# One in two comes from an address that no other one has; the others from ten thousand
# that are busy, each on a few hosts and accounts.
BEGIN {
	srand(5)
	for (i = 0; i < n; i++) {
		t = int(i / 20)
		lone = i % 2 == 0
		a = lone ? i : 200000000 + int(rand() * 10000)
		host = (a * 7 + int(rand() * 3)) % 4000
		user = (a * 11 + int(rand() * 5)) % 50000
		printf "{\"@timestamp\":\"2026-11-24T%02d:%02d:%02d.%03dZ\",\"event.id\":\"%032x\",", int(t / 3600) % 24, int(t / 60) % 60, t % 60, (i * 37) % 1000, i
		printf "\"ir.kind\":\"alert\",\"event.kind\":\"alert\",\"ir.alert.id\":\"%032x\",\"ir.alert.by\":\"irdetect\",", i + 1e9
		printf "\"rule.id\":\"r%d\",\"rule.name\":\"A rule with a name of usual length\",\"ir.severity\":\"%s\",", i % 50, i % 10 ? "low" : "medium"
		printf "\"threat.technique.id\":[\"T%d\"],\"event.dataset\":\"sshd\",\"host.name\":\"host%04d.example.com\",", i % 3 ? 1110 : 1595, host
		printf "\"user.name\":\"user%05d\",\"source.ip\":\"%d.%d.%d.%d\",", user, 20 + int(a / 16777216) % 100, int(a / 65536) % 256, int(a / 256) % 256, a % 256
		printf "\"message\":\"Failed password for user%05d from an address\"}\n", user
	}
}
