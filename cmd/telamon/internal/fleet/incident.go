package fleet

import "time"

// Incidents are times in which one service fails a third of its requests and answers slowly: one in the
// past, for the first look at the charts, and one after the other from soon after Start on.
type Incidents struct {
	Start   time.Time     // when live publishing begins
	Step    time.Duration // between two samples
	History time.Duration // how much of the past before Start there is
}

const (
	// firstIncident is how long after Start the first one begins, incidentEvery how far apart they are
	// where the step does not make them longer.
	firstIncident = 20 * time.Second
	incidentEvery = 4 * time.Minute
	// incidentSteps is long enough to fire an alert that waits for three steps: 45 s at a step of 5 s.
	incidentSteps = 9
)

func (i Incidents) lasts() time.Duration { return incidentSteps * i.Step }

func (i Incidents) every() time.Duration { return max(incidentEvery, 3*i.lasts()) }

// past returns where in the history the past incident lies: 35 minutes before Start, for 6, in an hour.
func (i Incidents) past() (beforeStart, lasts time.Duration) {
	return i.History * 35 / 60, i.History / 10
}

// ill reports whether app has an incident at t.
func (i Incidents) ill(app string, t time.Time) bool {
	since := t.Sub(i.Start)
	if since < 0 {
		before, lasts := i.past()
		return app == sick(0) && since >= -before && since < lasts-before
	}
	since -= firstIncident
	return since >= 0 && app == sick(int(since/i.every())) && since%i.every() < i.lasts()
}

// Next returns when the next incident after t begins, and in which service; or that one is on.
func (i Incidents) Next(t time.Time) (app string, begins time.Time, on bool) {
	n := 0
	if since := t.Sub(i.Start) - firstIncident; since >= 0 {
		n = int(since / i.every())
		if since%i.every() < i.lasts() {
			return sick(n), t, true
		}
		n++
	}
	return sick(n), i.Start.Add(firstIncident + time.Duration(n)*i.every()), false
}

// sick returns the service that the n-th incident hits. Large ones come first: they are seen best.
func sick(n int) string {
	order := []int{1, 3, 0, 6, 2, 7, 4, 5}
	return services[order[n%len(order)]].name
}
