package ticks

import (
	"fmt"
	"strings"
	"time"
)

// genericNames are the short names of zones without regard to summer time, as JDK 25 has them in English. Zones
// that are missing have none there either, or none that anybody would recognise, and print their offset.
var genericNames = func() map[string]string {
	byName := map[string]string{
		"PT": "US/Pacific America/Los_Angeles America/Tijuana America/Vancouver PST8PDT",
		"MT": "US/Mountain US/Arizona America/Denver America/Phoenix America/Boise America/Edmonton MST7MDT",
		"CT": "US/Central America/Chicago America/Mexico_City America/Winnipeg America/Regina America/Costa_Rica " +
			"America/Guatemala America/Havana Asia/Shanghai Asia/Macau Asia/Taipei CST6CDT PRC",
		"ET": "US/Eastern America/New_York America/Detroit America/Toronto America/Panama America/Jamaica " +
			"America/Indiana/Indianapolis America/Indianapolis US/Michigan US/East-Indiana EST5EDT",
		"AKT":  "US/Alaska America/Anchorage America/Juneau",
		"HST":  "US/Hawaii Pacific/Honolulu",
		"NT":   "America/St_Johns Canada/Newfoundland",
		"AT":   "America/Halifax America/Puerto_Rico Atlantic/Bermuda Canada/Atlantic",
		"GMT":  "GMT Europe/London Europe/Dublin Africa/Abidjan Africa/Accra Atlantic/Reykjavik Etc/GMT Greenwich GB Eire",
		"UTC":  "UTC Etc/UTC Etc/UCT UCT Zulu Etc/Zulu Universal Etc/Universal",
		"WET":  "WET Europe/Lisbon Atlantic/Canary Atlantic/Madeira Atlantic/Faroe Portugal",
		"EET":  "EET Europe/Athens Europe/Bucharest Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Riga Europe/Sofia Europe/Tallinn Europe/Vilnius Asia/Beirut Asia/Nicosia Africa/Cairo Africa/Tripoli",
		"MSK":  "Europe/Moscow Europe/Simferopol W-SU",
		"SAST": "Africa/Johannesburg Africa/Maseru Africa/Mbabane",
		"CAT":  "Africa/Harare Africa/Lusaka Africa/Maputo Africa/Kigali Africa/Gaborone",
		"EAT":  "Africa/Nairobi Africa/Addis_Ababa Africa/Kampala Africa/Dar_es_Salaam",
		"WAT":  "Africa/Lagos Africa/Kinshasa Africa/Luanda",
		"IST":  "Asia/Kolkata Asia/Calcutta",
		"JT":   "Asia/Tokyo Japan",
		"KT":   "Asia/Seoul Asia/Pyongyang ROK",
		"PKT":  "Asia/Karachi",
		"AET":  "Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Hobart Australia/Canberra",
		"ACT":  "Australia/Adelaide Australia/Darwin Australia/Broken_Hill",
		"AWT":  "Australia/Perth",
		"NZT":  "Pacific/Auckland NZ Antarctica/McMurdo",
		"CET": "CET MET Europe/Amsterdam Europe/Andorra Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels " +
			"Europe/Budapest Europe/Copenhagen Europe/Gibraltar Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta " +
			"Europe/Monaco Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague Europe/Rome Europe/San_Marino Europe/Sarajevo " +
			"Europe/Skopje Europe/Stockholm Europe/Tirane Europe/Vaduz Europe/Vatican Europe/Vienna Europe/Warsaw Europe/Zagreb " +
			"Europe/Zurich Africa/Algiers Africa/Ceuta Africa/Tunis Arctic/Longyearbyen Poland",
	}
	names := make(map[string]string)
	for name, zones := range byName {
		for zone := range strings.FieldsSeq(zones) {
			names[zone] = name
		}
	}
	return names
}()

// ZoneName returns what a time axis calls a zone: the short name of a region, in summer as in winter, else its
// standard offset as GMT+10:30; of a fixed offset the offset.
func ZoneName(id string, zone *time.Location) string {
	if name, ok := genericNames[id]; ok {
		return name
	}
	if id == "Z" {
		return id
	}
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(id, prefix); ok && rest != "" {
			return prefix + offsetText(standardOffset(zone))
		}
	}
	if id != "" && (id[0] == '+' || id[0] == '-') {
		return offsetText(standardOffset(zone))
	}
	return "GMT" + offsetText(standardOffset(zone))
}

// standardOffset returns what the zone's clock is ahead of UTC when it is not summer there, in seconds.
func standardOffset(zone *time.Location) int {
	const somewhen = 1767225600 // January 2026: summer in the south
	t := time.Unix(somewhen, 0).In(zone)
	if t.IsDST() {
		t = t.AddDate(0, 6, 0)
	}
	_, seconds := t.Zone()
	return seconds
}

func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	text := fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
	if rest := seconds % 60; rest != 0 {
		text += fmt.Sprintf(":%02d", rest)
	}
	return text
}
