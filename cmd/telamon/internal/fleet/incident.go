package fleet

import "time"

// Incidents are times in which one service fails a third of its requests and answers slowly: one in the
// past, for the first look at the charts, and one after the other from soon after Start on.
type Incidents struct {
	Start time.Time // when live publishing begins
}

const (
	// firstIncident is how long after Start the first one begins, incidentEvery how far apart they are.
	firstIncident = 20 * time.Second
	incidentEvery = 4 * time.Minute
	// incidentLasts is long enough to fire an alert that waits for three steps of 5 s.
	incidentLasts = 45 * time.Second

	pastIncident      = 35 * time.Minute // before Start
	pastIncidentLasts = 6 * time.Minute
)

// ill reports whether app has an incident at t.
func (i Incidents) ill(app string, t time.Time) bool {
	since := t.Sub(i.Start)
	if since < 0 {
		past := since + pastIncident
		return app == sick(0) && past >= 0 && past < pastIncidentLasts
	}
	since -= firstIncident
	return since >= 0 && app == sick(int(since/incidentEvery)) && since%incidentEvery < incidentLasts
}

// Next returns when the next incident after t begins, and in which service; or that one is on.
func (i Incidents) Next(t time.Time) (app string, begins time.Time, on bool) {
	n := 0
	if since := t.Sub(i.Start) - firstIncident; since >= 0 {
		n = int(since / incidentEvery)
		if since%incidentEvery < incidentLasts {
			return sick(n), t, true
		}
		n++
	}
	return sick(n), i.Start.Add(firstIncident + time.Duration(n)*incidentEvery), false
}

// sick returns the service that the n-th incident hits. Large ones come first: they are seen best.
func sick(n int) string {
	order := []int{1, 3, 0, 6, 2, 7, 4, 5}
	return services[order[n%len(order)]].name
}
