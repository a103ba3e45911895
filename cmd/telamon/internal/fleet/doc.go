// Package fleet simulates the services that the demo watches: what they would publish at any time.
//
// Read first: Fleet, Incidents, Publisher.
//
// It keeps no history. Each value is a function of the seed, the series and the time, so that the past
// hour and the live minutes come from the same code and a seed always makes the same fleet:
//
//	value = level of the service × daily wave × noise(seed, series, step) × deploy × incident
//
// Napkin: 8 services × 7 nodes × about 45 series = 2,500 series; an hour at 5 s is 1.8 million values.
package fleet
