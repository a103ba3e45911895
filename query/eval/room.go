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

// explain returns err as a *RoomError where it says that the budget is used up.
func (b *budget) explain(err error) error {
	if b.need == 0 {
		return err
	}
	return &RoomError{b.need, err}
}
