package query

import (
	"context"
	"errors"
)

// ErrBusy reports that too many evaluations run and wait already. Asking again later helps.
var ErrBusy = errors.New("too many queries at once; try again in a moment")

const (
	// runningEvaluations is how many evaluations run at a time. With Config.MaxBytes it bounds the memory
	// of all together; the store uses every core for one already.
	runningEvaluations = 8
	// waitingEvaluations is how many wait for their turn: a second or two of work. More get ErrBusy.
	waitingEvaluations = 256
)

// A gate lets a few evaluations run, lets some more wait, and turns the rest away. Rules do not pass it: they
// are evaluated one at a time, and dashboards must not hold them up.
type gate struct {
	running chan struct{} // holds a token for each that runs
	inside  chan struct{} // holds a token for each that runs or waits
}

func newGate(running, waiting int) gate {
	return gate{make(chan struct{}, running), make(chan struct{}, running+waiting)}
}

// enter waits for a turn. Its error is ErrBusy or the cause for which ctx ended; else leave must be called.
func (g gate) enter(ctx context.Context) error {
	select {
	case g.inside <- struct{}{}:
	default:
		return ErrBusy
	}
	select {
	case g.running <- struct{}{}:
		return nil
	case <-ctx.Done():
		<-g.inside
		return context.Cause(ctx)
	}
}

func (g gate) leave() {
	<-g.running
	<-g.inside
}
