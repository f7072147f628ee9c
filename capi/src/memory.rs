//! Checks the pointers of C before they become references.
//!
//! One thing cannot be checked, and is the promise of the caller: a pointer that is not NULL points to
//! memory of the given length, and nothing else changes this memory during the call.

use core::{ffi::c_char, marker::PhantomData, slice};

use embedded_jwt::Error;

use crate::code::{
    EJWT_MISALIGNED, EJWT_NOT_FILLED, EJWT_NOT_UTF8, EJWT_NULL_POINTER, EJWT_OVERLAP,
    EJWT_TOO_LONG, ejwt_code,
};
use crate::policy::EJWT_MAX_TEXT;

/// The reason why a call was rejected: the code that C receives.
#[derive(Clone, Copy)]
pub(crate) struct Refused(pub(crate) ejwt_code);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error.code().into())
    }
}

/// A range of addresses.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    start: usize,
    end: usize,
}

impl Area {
    /// Returns the area of `len` elements, after checking the pointer.
    pub(crate) fn of<T>(pointer: *const T, len: usize) -> Result<Self, Refused> {
        if pointer.is_null() {
            return Err(Refused(EJWT_NULL_POINTER));
        }
        if !pointer.is_aligned() {
            return Err(Refused(EJWT_MISALIGNED));
        }
        let start = pointer.addr();
        // A slice must not be longer than `isize::MAX` bytes (see `core::slice::from_raw_parts`).
        let bytes = len
            .checked_mul(size_of::<T>())
            .filter(|bytes| isize::try_from(*bytes).is_ok());
        let end = bytes.and_then(|bytes| start.checked_add(bytes));
        let end = end.ok_or(Refused(EJWT_TOO_LONG))?;
        Ok(Self { start, end })
    }

    /// Returns the area of an optional output, for which the caller may pass NULL.
    pub(crate) fn of_optional<T>(pointer: *const T) -> Result<Self, Refused> {
        if pointer.is_null() {
            // An empty area overlaps with nothing.
            return Ok(Self { start: 0, end: 0 });
        }
        Self::of(pointer, 1)
    }

    pub(crate) const fn len(self) -> usize {
        self.end.wrapping_sub(self.start)
    }

    const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// The memory that a call may change. Memory that the call reads must not overlap with it.
pub(crate) struct Memory<'w>(&'w [Area]);

impl<'w> Memory<'w> {
    /// Checks that the areas do not overlap.
    pub(crate) fn new(written: &'w [Area]) -> Result<Self, Refused> {
        let mut rest = written;
        while let Some((first, others)) = rest.split_first() {
            Memory(others).check(*first)?;
            rest = others;
        }
        Ok(Self(written))
    }

    /// Checks that the area does not overlap with memory that the call changes.
    pub(crate) fn check(&self, area: Area) -> Result<(), Refused> {
        if self.0.iter().any(|written| written.overlaps(area)) {
            return Err(Refused(EJWT_OVERLAP));
        }
        Ok(())
    }

    /// Returns the elements behind a pointer. The pointer must not be NULL, even if `len` is 0.
    ///
    /// # Safety
    /// A pointer that is not NULL points to `len` elements, valid for `T`. Nothing changes them for `'a`.
    /// This call changes only its own areas.
    pub(crate) unsafe fn slice<'a, T>(
        &self,
        pointer: *const T,
        len: usize,
    ) -> Result<&'a [T], Refused> {
        self.check(Area::of(pointer, len)?)?;
        // SAFETY: the pointer is not NULL, aligned and not too long, and does not overlap with memory that
        // this call changes. The rest is the caller's promise.
        Ok(unsafe { slice::from_raw_parts(pointer, len) })
    }

    /// Returns the elements of a list. The pointer may be NULL if `len` is 0.
    ///
    /// # Safety
    /// As for [`Memory::slice`].
    pub(crate) unsafe fn list<'a, T>(
        &self,
        pointer: *const T,
        len: usize,
    ) -> Result<&'a [T], Refused> {
        if len == 0 {
            return Ok(&[]);
        }
        // SAFETY: the same promise.
        unsafe { self.slice(pointer, len) }
    }

    /// Returns the element that a pointer points to.
    ///
    /// # Safety
    /// As for [`Memory::slice`].
    pub(crate) unsafe fn one<'a, T>(&self, pointer: *const T) -> Result<&'a T, Refused> {
        // SAFETY: the same promise, for one element.
        let one = unsafe { self.slice(pointer, 1) }?;
        one.first().ok_or(Refused(EJWT_NULL_POINTER))
    }

    /// Returns a NUL-terminated text, or `None` for NULL.
    ///
    /// # Safety
    /// A pointer that is not NULL points to a text with a NUL within [`EJWT_MAX_TEXT`] + 1 bytes, or to as
    /// many bytes that can be read. The text stays unchanged for `'a`.
    pub(crate) unsafe fn text<'a>(
        &self,
        pointer: *const c_char,
    ) -> Result<Option<&'a str>, Refused> {
        if pointer.is_null() {
            return Ok(None);
        }
        let bytes = pointer.cast::<u8>();
        let mut len = 0_usize;
        // SAFETY: no byte before this one is a NUL, and it is within the length that can be read.
        while unsafe { bytes.wrapping_add(len).read() } != 0 {
            if len == EJWT_MAX_TEXT {
                return Err(Refused(EJWT_TOO_LONG));
            }
            len = len.wrapping_add(1);
        }
        // The NUL must not change either.
        self.check(Area::of(bytes, len.wrapping_add(1))?)?;
        // SAFETY: the bytes before the NUL, which were read just now.
        let text = unsafe { self.slice(bytes, len) }?;
        let text = str::from_utf8(text).map_err(|_| Refused(EJWT_NOT_UTF8))?;
        Ok(Some(text))
    }

    /// Returns a NUL-terminated text. The pointer must not be NULL.
    ///
    /// # Safety
    /// As for [`Memory::text`].
    pub(crate) unsafe fn some_text<'a>(&self, pointer: *const c_char) -> Result<&'a str, Refused> {
        // SAFETY: the same promise.
        let text = unsafe { self.text(pointer) }?;
        text.ok_or(Refused(EJWT_NULL_POINTER))
    }
}

/// A struct of the header whose content only this library reads.
pub(crate) trait Opaque: Sized + 'static {
    /// The type of the content.
    type Value<'a>;
    /// The mark of a struct that is filled with this type. Memory that was set to zero, or that was filled
    /// with another type, does not have it.
    const MARK: u32;
    /// Checks at build time, for every type that implements this trait, that the struct has room for the
    /// content.
    const FITS: () = assert!(
        size_of::<Self>() >= size_of::<Filled<'static, Self>>()
            && align_of::<Self>() >= align_of::<Filled<'static, Self>>()
    );
}

/// The content of an [`Opaque`] that is filled.
#[repr(C)]
struct Filled<'a, P: Opaque> {
    mark: u32,
    value: P::Value<'a>,
    place: PhantomData<P>,
}

/// Fills a struct of the caller.
///
/// # Safety
/// `place` was checked by [`Area::of`] and can be written.
pub(crate) unsafe fn fill<P: Opaque>(place: *mut P, value: P::Value<'_>) {
    const { P::FITS };
    let filled = Filled {
        mark: P::MARK,
        value,
        place: PhantomData,
    };
    // SAFETY: the content fits, as was checked above. The rest is the caller's promise.
    unsafe { place.cast::<Filled<'_, P>>().write(filled) }
}

/// Checks that a struct of the caller is filled.
///
/// # Safety
/// `place` was checked by [`Area::of`] and can be read.
unsafe fn check_filled<P: Opaque>(place: *const P) -> Result<(), Refused> {
    const { P::FITS };
    // SAFETY: the mark is the first member, and any four bytes are a number.
    if unsafe { place.cast::<u32>().read() } != P::MARK {
        return Err(Refused(EJWT_NOT_FILLED));
    }
    Ok(())
}

/// Returns the content of a filled struct.
///
/// # Safety
/// A pointer that is not NULL points to a struct that the caller set to zero or that this library filled.
/// Memory that the content borrows is valid for `'a`.
pub(crate) unsafe fn filled<'a, P: Opaque>(
    memory: &Memory<'_>,
    place: *const P,
) -> Result<&'a P::Value<'a>, Refused> {
    memory.check(Area::of(place, 1)?)?;
    // SAFETY: the pointer was checked just now.
    unsafe { check_filled(place) }?;
    // SAFETY: the struct has the mark of this type.
    let filled: &Filled<'a, P> = unsafe { &*place.cast() };
    Ok(&filled.value)
}

/// Returns the content of a filled struct, to change it.
///
/// # Safety
/// As for [`filled`]. `place` is an area of the call's [`Memory`], so nothing else refers to it.
pub(crate) unsafe fn filled_mut<'a, P: Opaque>(
    place: *mut P,
) -> Result<&'a mut P::Value<'a>, Refused> {
    // SAFETY: the caller checked the pointer.
    unsafe { check_filled(place.cast_const()) }?;
    // SAFETY: the struct has the mark of this type, and nothing else refers to it.
    let filled: &mut Filled<'a, P> = unsafe { &mut *place.cast() };
    Ok(&mut filled.value)
}

/// Writes a number for the caller, if the pointer is not NULL.
///
/// # Safety
/// A pointer that is not NULL was checked by [`Area::of`] and can be written.
pub(crate) unsafe fn put<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: the caller's promise.
        unsafe { place.write(value) }
    }
}
