# embedded_jwt_cargo_build(SOURCE_DIR dir FEATURES list TARGET triple OUTPUT variable)
#
# Adds the target `embedded_jwt_cargo`, which builds the static library by cargo. The variable receives its
# path. Nothing but the C side is compiled by CMake's compiler, so the float ABI of TARGET has to be that of
# the C side (thumbv7em-none-eabihf: hard).
function(embedded_jwt_cargo_build)
  cmake_parse_arguments(ARG "" "SOURCE_DIR;FEATURES;TARGET;OUTPUT" "" ${ARGN})
  find_program(CARGO_EXECUTABLE cargo REQUIRED)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/cargo")
  # Of this type alone: cargo optimizes across crates only where no Rust library is made beside it.
  set(arguments rustc --locked --release --crate-type staticlib
    --manifest-path "${ARG_SOURCE_DIR}/Cargo.toml" --target-dir "${folder}"
    --no-default-features --features "${ARG_FEATURES}")
  if(ARG_TARGET)
    list(APPEND arguments --target "${ARG_TARGET}")
    string(APPEND folder "/${ARG_TARGET}")
  endif()
  set(library "${folder}/release/libembedded_jwt_c.a")
  # cargo sees by itself whether there is something to do.
  add_custom_target(embedded_jwt_cargo ALL
    COMMAND "${CARGO_EXECUTABLE}" ${arguments}
    BYPRODUCTS "${library}"
    COMMENT "Building embedded-jwt (${ARG_FEATURES})"
    VERBATIM)
  set(${ARG_OUTPUT} "${library}" PARENT_SCOPE)
endfunction()
