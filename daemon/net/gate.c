#include "net/gate.h"

#include "base/count.h"

static const struct gate *const gates[] = {
    [GATE_UNIX] = &gate_unix,
    [GATE_LOOPBACK] = &gate_loopback,
};
COVERS(gates, N_GATES);

const struct gate *
gate_of(enum gate_id id)
{
	return gates[id];
}
