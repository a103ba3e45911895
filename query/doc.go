// Package query answers questions: parsed expressions in, finished lines out.
//
// Read first: Engine, Request, Result.
//
//	text ── stack, expr ──► []*expr.Styled ── Engine.Eval ──► Result
//	                                           │ eval.Plan: what to compute, each thing once
//	                                           │ tsdb.Selector: one Select per distinct read
//	                                           └ legends, order and limit of each expression
//
// Queries work in turns of one queue (package turn) and hold a part of one Memory from their evaluation until Result.Release, when
// their answer is written; who does not fit waits, and then gets ErrBusy. Rules (EvalStep) have both for themselves.
//
// The engine knows neither HTTP nor colours, and only asks the store for groups. It keeps nothing
// between two calls.
//
// Napkin: a graph of 1,000 lines with 180 points is 1.4 MB a word; a dashboard has a dozen of those a minute.
package query
