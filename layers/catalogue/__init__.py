"""What a layer is and who sees it: themes, layers, backgrounds, published photos.

What is stored (`models`): a row for each layer (its table, columns, legend, rights), photos with their sheets and
edition. Apps give their layers by `points.LAYERS`; `services` declares and shows them; tables made at run time are
`tables`. Who sees a layer is `Layer.objects.visible_to`.
"""
