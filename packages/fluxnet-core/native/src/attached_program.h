// What is attached to an interface now.
#pragma once

#include <napi.h>

namespace fluxnet {

// programFacts(ifindex, id) -> name, attachedBy, loadedAt, uid, programs of the contract's
// AttachedProgram. Needs CAP_SYS_ADMIN; what cannot be read is left out.
Napi::Value ProgramFacts(const Napi::CallbackInfo& info);

}  // namespace fluxnet
