/* SPDX-License-Identifier: MIT */
#include "people.h"

#include <string.h>

#include "chance.h"

/* Sets the contacts apart from all else that grows from the same seed. */
#define CONTACTS UINT64_C(0x636f6e7461637473)

/* Of a hundred contacts, so many are shops that buy to sell again, and so many go by one name. */
#define SHOPS 7
#define MONONYMS 9

static const char *const firsts[] = {
	"Budi",	    "Siti",    "Agus",	 "Dewi",    "Rizky",  "Ayu",	"Eko",	 "Fitri",
	"Joko",	    "Putri",   "Hendra", "Lestari", "Dian",   "Wahyu",	"Nur",	 "Yusuf",
	"Ratna",    "Bambang", "Intan",	 "Andi",    "Made",   "Ketut",	"Wayan", "Komang",
	"Teguh",    "Sri",     "Tri",	 "Indah",   "Rina",   "Yuni",	"Dedi",	 "Asep",
	"Ujang",    "Cecep",   "Neneng", "Iwan",    "Rudi",   "Maya",	"Citra", "Galih",
	"Bayu",	    "Arif",    "Fajar",	 "Ilham",   "Nabila", "Aisyah", "Zahra", "Farhan",
	"Mei Ling", "Zoë",     "André",	 "Yohanes", "Maria",  "Togar",	"Butet", "La Ode",
	"Nurul",    "Anisa",   "Reza",	 "Kevin",
};

static const char *const lasts[] = {
	"Santoso",    "Rahayu",	 "Wijaya",   "Saputra",	    "Lestari",	 "Pratama", "Hidayat",
	"Nugroho",    "Kusuma",	 "Setiawan", "Siregar",	    "Nasution",	 "Halim",   "Gunawan",
	"Permata",    "Susanto", "Wibowo",   "Utami",	    "Handayani", "Maulana", "Ramadhan",
	"Firmansyah", "Suryani", "Purnomo",  "Simanjuntak", "Hutapea",	 "Lubis",   "Tanjung",
	"Hasan",      "Tan",	 "Liem",     "Wulandari",   "Anggraini", "Puspita", "Kurniawan",
	"Sudirman",   "Ma'ruf",	 "Al Idrus", "Manurung",    "Dharmawan",
};

static const char *const shop_firsts[] = { "Toko", "UD", "CV", "Warung", "Kios", "Butik" };

static const char *const shop_lasts[] = {
	"Berkah Jaya", "Maju Bersama", "Sumber Rejeki", "Sinar Abadi",	  "Mitra Usaha", "Karunia",
	"Barokah",     "Dua Putri",    "Cahaya Timur",	"Makmur Sentosa", "Bu Tini",	 "Pak Haji",
};

static const char *const agents[] = {
	"Rani Kartika",	   "Dimas Prakoso",  "Putu Ardana",	"Lina Marlina",
	"Bagus Wicaksono", "Sari Melati",    "Yoga Pradana",	"Tiara Anjani",
	"Fikri Haikal",	   "Grace Simbolon", "Nanda Oktaviani", "Hasan Basri",
};

static const char *const cities[] = {
	"Jakarta",   "Surabaya", "Bandung",    "Medan",	     "Semarang", "Makassar",
	"Palembang", "Denpasar", "Yogyakarta", "Balikpapan", "Malang",	 "Manado",
	"Pontianak", "Padang",	 "Jayapura",   "Kupang",     "Ambon",	 "Batam",
};

/* The digits behind +62 in the numbers of the mobile networks. */
static const char *const prefixes[] = {
	"811", "812", "813", "821", "822", "852", "853", "856",
	"857", "858", "877", "878", "881", "895", "896", "831",
};

static const char *any(struct chance *chance, const char *const *list, size_t n)
{
	return list[chance_below(chance, (uint32_t)n)];
}

static void name(struct chance *chance, struct people_contact *ret)
{
	unsigned sort = chance_below(chance, 100);

	if (sort < SHOPS) {
		ret->first = any(chance, shop_firsts, ARRAY_SIZE(shop_firsts));
		ret->last = any(chance, shop_lasts, ARRAY_SIZE(shop_lasts));
		return;
	}
	ret->first = any(chance, firsts, ARRAY_SIZE(firsts));
	ret->last = sort < SHOPS + MONONYMS ? "" : any(chance, lasts, ARRAY_SIZE(lasts));
}

void people_contact(uint64_t seed, uint32_t number, struct people_contact *ret)
{
	struct chance chance = chance_from(seed ^ CONTACTS, number);
	uint64_t digits;
	char *end = ret->phone + sizeof("+62811") - 1;

	name(&chance, ret);
	ret->hides_phone = chance_percent(&chance, 50);
	ret->taste = chance_below(&chance, 100);
	memcpy(ret->phone, "+62", 3);
	memcpy(ret->phone + 3, any(&chance, prefixes, ARRAY_SIZE(prefixes)), 3);
	digits = chance_next(&chance);
	/* Seven digits or eight: both are in use. */
	for (int i = digits & 1 ? 7 : 8; i > 0; i--) {
		digits /= 10;
		*end++ = (char)('0' + digits % 10);
	}
	*end = '\0';
}

const char *people_agent(unsigned number)
{
	return agents[number % ARRAY_SIZE(agents)];
}

const char *people_city(unsigned number)
{
	return cities[number % ARRAY_SIZE(cities)];
}
