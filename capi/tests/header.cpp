// The header in C++: it compiles, and its functions have the names of C.
#include "embedded_jwt.h"

#include <cstring>

static_assert(sizeof(ejwt_token) == EJWT_TOKEN_WORDS * 8, "the words of a token");

int main()
{
    return ejwt_abi() == EJWT_ABI && std::strcmp(ejwt_code_name(EJWT_ERROR_EXPIRED), "Expired") == 0 ? 0 : 1;
}
