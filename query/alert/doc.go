// Package alert decides, step by closed step, which alerts fire, and sees to it that their receivers hear
// of it.
//
// Read first: State.Next, the state machine; Manager, which runs it; Event, what receivers get; Doubt, where nothing
// is decided; Load, the rules file.
//
//	step T closed (query/stream)
//	  │ each rule's expression at T (query.Engine.EvalStep): a line per group
//	  ▼
//	ledger.decide    (states, lines) -> change, a pure function
//	  │
//	  ├─ 1. one record in the log, the new states and the notifications they cause
//	  ├─ 2. the ledger: the same change, as replay applies it
//	  └─ 3. the outbox ── courier ──► receiver, again and again until it answers 2xx
//	                         └─ one record in the log: delivered
//
// # Terms
//
// A group is a line of a rule's expression, told by its tags; an alert is a rule and a group. A group is
// inactive, pending (true, but not for long enough) or firing. An episode of an alert is a row of true
// steps that led to a firing, up to the first step that was not true. A transition, into firing or out of
// it, makes an event; an event on its way to one receiver is a notification.
//
// # Promises
//
// A decision is what is in the log. Nothing is delivered before it is there, and while the log takes
// nothing, evaluation waits. So a crash at any moment leaves states and notifications that belong together,
// and the steps that were not logged are evaluated again, with the same outcome and the same event IDs.
//
// A receiver hears each transition at least once, those of one alert in order; whoever folds by
// Event.ID hears each once. Whatever does not answer 2xx is tried again, 4xx as well: mostly a receiver
// that is being set up, and to give up would lose a page. For the same reason the news for a receiver that is
// not in the rules file wait until it is declared again, among at most maxWaiting. Between alerts there is no order.
//
// Samples that arrive after their step has closed change no decision.
//
// # Unknown steps
//
// What is missing is evidence only where the server would have seen it. A step is known if the server was taking samples
// during all of it, and until it closed (stream.Uptime); a sender that fell silent, or was refused by a limit, makes no
// step unknown. At an unknown step no rule is evaluated: nothing fires, nothing is resolved, and it counts neither
// for nor against a rule's for, which is known time. At a known step of which the expression reads an unknown one
// (:rolling-max, :offset, :trend …; eval.SpansRead), true is true, and what is not true is unknown. So an alert that
// recovered meanwhile is resolved once, at the first step that knows it. A step that cannot be evaluated, or was missed
// for more than an hour, is treated the same way.
//
//	steps      1  2  3  4  5  6  7       for: 3s at a step of 1s
//	known      k  k  ?  ?  k  k  k
//	signal     T  T        T  T  .
//	state      p  p  p  p  F  f  R       fires at 5, the third true step that was seen; resolved at 7
//
// A rule that reads far back, as :des, which reads a day of minutes, resolves nothing until no unknown step is in
// sight; what is true fires at once.
//
// # Why an alert ended
//
// A resolved event has a reason: "recovered" (there was a value, and it was not true), "no_data" (there was none),
// "rule_changed" or "rule_removed". It tells the last value that is known and its step, which for no_data is the last
// that the line had; annotations are rendered with it. Right after a restart the newest step of the life before is
// evaluated once more for that, for the log has the value of the firing.
//
// A rule of which more than 10,000 groups are true overflows: one alert of the rule itself, of the group "all", tells its
// receivers how many, with some examples. Groups that fire go on; the others have no states of their own until a tenth
// less is true.
//
// A rule that leaves the rules file, or comes with another expression or other labels, takes its alerts
// along: those that fire are resolved, at the newest evaluated step.
//
// A rules file that lacks more than half of the rules in force while an alert fires was rather cut or mixed up than
// meant. A reload refuses it, unless it says allow_removal: true, and the rules before stay in force. A start has
// none before: it runs with what the file has, and holds the alerts that fire and whose rules are absent. A held alert
// is evaluated no more, so that it neither resolves nor fires. When its rule comes back it goes on firing without a
// second event; a load with allow_removal: true resolves it. A rule is told by its name: with another name
// it is gone and a new one has come, with another expression it is changed. What a start compares with is the roster
// in the log; a log without one knows only the rules whose alerts fire.
//
// # Records, version 1
//
// All bodies are JSON. A wal.AlertState record holds absolute states, so that it may be applied twice:
//
//	{"step":1700000060000}                        a step in which nothing changed: 34 bytes with the header
//	{"step":…, "floor":9,                         no forgotten group had a sequence number above 9
//	 "groups":[{"rule":"HighErrorRate","identity":"…","tags":"…","state":{"phase":2,"start":…,"since":…,"seq":1},
//	            "labels":{…},"annotations":{…},"told":["oncall"],"value":12,"signal":1,"value_step":…}],
//	 "notifications":[{"id":"…","alert":"…","receiver":"oncall","step":…,"body":{the event}}]}
//
// tags are canonical bytes in base64; a group without a phase and seq is forgotten, and one with
// "overflow":true stands for all groups of its rule. state has unknown and unknown_at while a pending group has seen
// unknown steps, reason is why the newest episode of an inactive one ended. After a load a record has the
// roster as well, "roster":{"rules":{"HighErrorRate":"the identity"}}: all rules in force, or with "more":true those that
// did not fit the record before. A wal.Notification
// record says that one needs no delivery any more: {"id":"…","alert":"…","receiver":"oncall","at":…,"attempts":1}.
// A wal.Uptime record, of package stream, comes before the records of each step.
//
// # Napkin
//
// A quiet step is one append of 96 bytes, 62 of them uptime: 140 kB a day at 60 s. A transition with a receiver is
// 1.5 kB. A group in memory is about 1 kB, at most 10,000 a rule, however many are true, and 1,000 resolved ones in all. Deciding
// costs 1 µs for a group in which nothing happens and 20-40 µs for a transition with its event
// (BenchmarkStep); the evaluation before it costs far more. Reading a rules file is 50 µs a rule.
package alert
