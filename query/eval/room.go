package eval

// A RoomError reports a run that needed more memory than Limits.Bytes before it had computed anything. It may be tried again with
// more; what it has read by then is quick to read again. It wraps the error for those who cannot.
type RoomError struct {
	// Need is the least number of bytes with which it would have come further.
	Need int64
	err  error
}

func (e *RoomError) Error() string { return e.err.Error() }

// Unwrap returns the *stack.Error.
func (e *RoomError) Unwrap() error { return e.err }

// roomError returns err as a *RoomError if it is one of the budget.
func (r *run) roomError(err error) error {
	if r.budget.need == 0 {
		return err
	}
	return &RoomError{r.budget.need, err}
}
