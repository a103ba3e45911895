package api

import (
	_ "embed"
	"net/http"

	"github.com/gin-gonic/gin"
)

// description is the API in the words of OpenAPI 3.0. A test holds it against the router and against
// recorded answers.
//
//go:embed openapi.json
var description []byte

// describeAPI answers GET /api/openapi.json.
func describeAPI(c *gin.Context) { c.Data(http.StatusOK, "application/json", description) }
