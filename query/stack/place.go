package stack

// listPlaces knows where the lists of a program are written, so that a mistake in a list that is executed,
// which may be much later, can be shown there. Only mistakes cost more than a note.
type listPlaces struct {
	program string
	starts  map[*Value]int // by the first element of a list: the offset behind its parenthesis
}

// remember notes that list was written behind the parenthesis open.
func (p *listPlaces) remember(list List, open Token) {
	if len(list) == 0 {
		return
	}
	if p.starts == nil {
		p.starts = map[*Value]int{}
	}
	p.starts[&list[0]] = open.Offset + open.Length
}

// place places a mistake that was made when an element of list was executed, if list is written in the
// program: the elements are the tokens behind its parenthesis.
func (p *listPlaces) place(mistake *Error, list List, element int) *Error {
	start, known := p.starts[&list[0]]
	if !known || mistake.placed {
		return mistake
	}
	src, failure := newSource(p.program)
	for at := 0; failure == nil; {
		token, ok := src.next()
		if !ok {
			break
		}
		if token.Offset < start {
			continue
		}
		if at == element {
			return mistake.At(token.Offset, token.Length)
		}
		at++
	}
	return mistake
}
