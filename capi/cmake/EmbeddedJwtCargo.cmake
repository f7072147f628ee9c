# embedded_jwt_cargo_build(SOURCE_DIR dir FEATURES list TARGET triple OUTPUT variable)
#
# Adds the target `embedded_jwt_cargo`, which builds the static library with cargo. The variable receives
# the path of the library. CMake's compiler compiles only the C code. So the float ABI of TARGET has to be
# the one of the C code (thumbv7em-none-eabihf: hard).
function(embedded_jwt_cargo_build)
  cmake_parse_arguments(ARG "" "SOURCE_DIR;FEATURES;TARGET;OUTPUT" "" ${ARGN})
  find_program(CARGO_EXECUTABLE cargo REQUIRED)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/cargo")
  # Only the static library: cargo optimizes across crates only if no Rust library is built with it.
  set(arguments rustc --locked --release --crate-type staticlib
    --manifest-path "${ARG_SOURCE_DIR}/Cargo.toml" --target-dir "${folder}"
    --no-default-features --features "${ARG_FEATURES}")
  if(ARG_TARGET)
    list(APPEND arguments --target "${ARG_TARGET}")
    string(APPEND folder "/${ARG_TARGET}")
  endif()
  set(library "${folder}/release/libembedded_jwt_c.a")
  # cargo itself decides whether to build anything.
  add_custom_target(embedded_jwt_cargo ALL
    COMMAND "${CARGO_EXECUTABLE}" ${arguments}
    BYPRODUCTS "${library}"
    COMMENT "Building embedded-jwt (${ARG_FEATURES})"
    VERBATIM)
  set(${ARG_OUTPUT} "${library}" PARENT_SCOPE)
endfunction()
