"""Pages of a long list by cursor, as the screens use them."""

from entendu.accounts.paging import SIZE, Slice, slice_of

__all__ = ["SIZE", "Slice", "slice_of"]
